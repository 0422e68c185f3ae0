import {generateKeyPairSync, randomBytes} from "node:crypto";
import {mkdtempSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {createServer, type IncomingHttpHeaders} from "node:http";
import type {AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {pino} from "pino";
import {readSigningKey, type SigningKey} from "./signing.ts";
import {startIssuer} from "./start.ts";

/** For tests: an issuer of files, and identity providers that answer as they are told. */

export const HOSTNAME = "https://completions.example.com";
export const TOKEN_PATH = "/copilot_internal/v2/token";
export const KEYS_PATH = "/copilot_internal/v2/keys";

interface Cleanup {
  after(clean: () => unknown): void;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Provider {
  readonly url: string;
  /** In the order they came. */
  readonly asked: readonly Asked[];
}

/** An identity provider: what it is asked, and by HTTP what `answer` says to it. */
export async function startProvider(
  t: Cleanup,
  answer: (asked: Asked) => Said | Promise<Said>,
): Promise<Provider> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const {method = "", url: path = "", headers} = request;
    const question = {method, path, headers, body};
    asked.push(question);
    const said = await answer(question);
    const text = typeof said.body === "string" ? said.body : JSON.stringify(said.body ?? {});
    response.writeHead(said.status ?? 200, said.headers).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked};
}

export interface Key extends SigningKey {
  readonly pem: string;
}

export function newKey(): Key {
  const {privateKey} = generateKeyPairSync("ed25519");
  const pem = privateKey.export({format: "pem", type: "pkcs8"}) as string;
  return {...readSigningKey(pem), pem};
}

/** An issuer with its files in a folder of its own. */
export async function startIssuerRig(
  t: Cleanup,
  {exchange, next, keys}: {exchange: (folder: Folder) => object; next?: Key; keys?: object},
) {
  const folder = createFolder(t);
  const key = newKey();
  const log: string[] = [];
  const issuer = await startIssuer({
    config: {
      LISTEN: {host: "127.0.0.1", port: 0},
      CONFIG_FILE: folder.write("issuer.json", JSON.stringify(configOf(exchange(folder), keys))),
      SIGNING_KEY_FILE: folder.write("key", key.pem),
      ...(next && {NEXT_SIGNING_KEY_FILE: folder.write("next", next.pem)}),
      ...(keys && {SEALING_KEY_FILE: folder.write("sealing", newSealingKey())}),
    },
    log: pino({base: null}, {write: (line: string) => log.push(line)}),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= issuer.stop();
    return stopped;
  };
  t.after(stop);
  const {port} = issuer.address;
  const get = (path: string, authorization = "", method = "GET") =>
    fetch(`http://127.0.0.1:${port}${path}`, {method, headers: {authorization}});
  return {port, key, log, write: folder.write, get, stop};
}

interface Folder {
  /** Puts a file there whole, and gives its path. */
  write(name: string, text: string): string;
}

function createFolder(t: Cleanup): Folder {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  return {
    write(name, text) {
      writeFileSync(join(folder, `${name}.new`), text);
      renameSync(join(folder, `${name}.new`), join(folder, name));
      return join(folder, name);
    },
  };
}

/** As openssl rand -base64 32 leaves it. */
export const newSealingKey = () => `${randomBytes(32).toString("base64")}\n`;

const configOf = (exchange: object, keys?: object) => ({
  issuer: HOSTNAME,
  audience: "meridian",
  lifetimeS: 1200,
  exchange,
  ...(keys && {keys}),
  endpoints: {api: HOSTNAME, proxy: HOSTNAME, telemetry: HOSTNAME},
  models: ["copilot-codex"],
});
