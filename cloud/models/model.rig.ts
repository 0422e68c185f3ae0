import {type ClientHttp2Session, connect, type OutgoingHttpHeaders} from "node:http2";
import type {TestContext} from "node:test";
import {receive} from "../../editor/received.ts";
import {createAuthority} from "../certs.ts";
import {type Cancel, type ModelOptions, startModel} from "./model.ts";

/** For tests: a model host with a deployment that completes and one that chats, and a client of it. */

export const KEY = "the-key";
export const TOKEN = "the-token";
export const COMPLETIONS = "/openai/deployments/codex/completions?api-version=2024-10-21";
export const chatOf = (deployment: string) =>
  `/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`;
export const CHAT = chatOf("luna");
export const PROMPT = "open(door);\nopen(window);\nopen(";
export const authority = await createAuthority();
const tls = await authority.issue(["127.0.0.1"]);

export async function setUp(t: TestContext, options: Partial<ModelOptions> = {}) {
  const cancels: Cancel[] = [];
  const model = await startModel({
    listen: {host: "127.0.0.1", port: 0},
    tls,
    deployments: {codex: "gpt-35-turbo-instruct", luna: "gpt-5.6-luna"},
    key: KEY,
    tokens: [TOKEN],
    firstByteMs: 0,
    tokensPerSecond: 1e6,
    onCancel: (cancel) => cancels.push(cancel),
    ...options,
  });
  const client = connect(`https://127.0.0.1:${model.port}`, {ca: authority.pem});
  t.after(() => {
    client.destroy();
    model.close();
  });
  return {model, client, cancels};
}

export interface Asked {
  path?: string;
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: unknown;
}

export function send(
  client: ClientHttp2Session,
  {path = COMPLETIONS, method = "POST", headers, body = {}}: Asked,
) {
  const stream = client.request({":method": method, ":path": path, "api-key": KEY, ...headers});
  stream.on("error", () => {});
  stream.end(typeof body === "string" ? body : JSON.stringify(body));
  return stream;
}

export const ask = (client: ClientHttp2Session, asked: Asked) => receive(send(client, asked));
