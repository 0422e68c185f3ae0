import {randomUUID} from "node:crypto";
import {createServer, type IncomingMessage, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import type {Logger} from "pino";
import type {Address} from "../config.ts";
import {idHeaders} from "../errors.ts";
import type {Issuing} from "./config.ts";
import type {Exchange} from "./exchange.ts";
import {mint, type SigningKey} from "./mint.ts";
import {Refusal} from "./refusal.ts";

/** Serves tokens, the list of models and the public keys by HTTP/1.1. Resolves once it listens. */
export async function serveIssuer({
  listen,
  issuing,
  exchange,
  signingKey,
  log,
}: {
  listen: Address;
  issuing: () => Issuing;
  exchange: Exchange;
  signingKey: () => SigningKey;
  log: Logger;
}): Promise<{address: Address; close(): void}> {
  const server = createServer(async (request, response) => {
    const id = randomUUID();
    try {
      send(response, id, 200, await answer(request));
    } catch (cause) {
      const refusal = cause instanceof Refusal ? cause : new Refusal("INTERNAL", {cause});
      if (refusal.status >= 500) log.error({id, cause: String(refusal.cause)}, "no token given");
      send(response, id, refusal.status, refusalBody(refusal));
    }
  });

  async function answer(request: IncomingMessage): Promise<unknown> {
    const path = request.url?.split("?", 1)[0] ?? "";
    if (path === "/livez") return {};
    const resource = resources[path];
    if (!resource) throw new Refusal("PATH_UNKNOWN");
    if (request.method !== "GET") throw new Refusal("METHOD_WRONG");
    return resource(request);
  }

  const resources: Record<string, (request: IncomingMessage) => unknown> = {
    "/copilot_internal/v2/token": async (request) =>
      mint(signingKey(), issuing(), await exchange(credential(request))),
    "/models": () => modelList(issuing().models),
    "/v1/models": () => modelList(issuing().models),
    "/jwks": () => ({keys: [signingKey().jwk]}),
  };

  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  const {address, port} = server.address() as AddressInfo;
  return {
    address: {host: address, port},
    close() {
      server.close();
      server.closeIdleConnections();
    },
  };
}

function credential({headers}: IncomingMessage): string {
  const found = /^(?:Bearer|token) +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (!found) throw new Refusal("CREDENTIAL_MISSING");
  return found;
}

/** OpenAI's list, with the capabilities that editors choose a completion model by. */
function modelList(models: readonly string[]) {
  const data = models.map((name) => ({
    id: name,
    object: "model",
    owned_by: "meridian",
    name,
    version: name,
    capabilities: {type: "completion", family: name, object: "model_capabilities"},
  }));
  return {object: "list", data};
}

function refusalBody({status, message, code}: Refusal) {
  const type = status < 500 ? "invalid_request_error" : "server_error";
  return {error: {message, type, param: null, code: code.toLowerCase()}, message};
}

function send(response: ServerResponse, id: string, status: number, body: unknown) {
  const headers = {
    "content-type": "application/json",
    "cache-control": "no-store",
    ...idHeaders(id),
  };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
