import {generateKeyPairSync, type KeyObject} from "node:crypto";
import {mkdtempSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type {AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type JWK, SignJWT} from "jose";
import {pino} from "pino";
import {systemClock} from "./clock.ts";
import type {ProxyConfig} from "./config.ts";
import {readSigningKey} from "./issuer/signing.ts";
import type {PolicyInput} from "./policy.ts";
import {startProxy} from "./start.ts";

/** For tests: a proxy between a real HTTP/2 client and real, scripted HTTP/2 model hosts. */
export interface Rig {
  readonly client: ClientHttp2Session;
  readonly origin: string;
  /** The origin of the admin page. */
  readonly admin: string;
  readonly metrics: () => Promise<string>;
  readonly log: readonly string[];
  readonly signingKey: KeyObject;
  /** The proxy's, to start more like it. */
  readonly config: ProxyConfig;
  /** The signing key's. */
  readonly kid: string;
  token(changes?: Partial<TokenChanges>): Promise<string>;
  /** Headers of three users in turn: what one alone does moves no vote. */
  crowd(): Promise<() => {readonly authorization: string}>;
  writePolicy(policy: PolicyInput): void;
  readonly policy: PolicyInput;
  /** Lets time go by, and what is overdue by then happen. */
  pass(ms: number): void;
  /** Drains the proxy; once. */
  stop(options?: {waitMs: number; limitMs: number}): Promise<void>;
}

interface TokenChanges {
  key: KeyObject;
  alg: string;
  issuer: string;
  audience: string;
  expiresInS: number;
  models: string[];
  user: string;
}

/** Where keys are traded, and what its tickets are checked against. */
export interface Issuer {
  readonly url: string;
  readonly jwks: readonly JWK[];
}

/** A test, or `{after}` of a suite. */
interface Cleanup {
  after(run: () => void | Promise<void>): void;
}

/** A model host whose every stream is handled by `script`. */
export interface Host {
  readonly url: string;
  /** Every stream it saw, with the code that its peer reset it by once it is closed. */
  readonly seen: Seen[];
  readonly sessions: ReadonlySet<ServerHttp2Session>;
}

export interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly stream: ServerHttp2Stream;
  readonly body: Promise<string>;
  /** The code on the wire, once the stream is closed. */
  readonly closed: Promise<number>;
}

export type Script = (seen: Seen) => void;

export async function startHost(
  t: Cleanup,
  script: Script,
  {host, port} = {host: "127.0.0.1", port: 0},
): Promise<Host> {
  const seen: Seen[] = [];
  const sessions = new Set<ServerHttp2Session>();
  // Hosts of models are not Node's: its own limit would refuse streams that they take.
  const server = createServer({maxSessionMemory: 1000});
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.on("error", () => {});
  });
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const entry: Seen = {headers, stream, body: readAll(stream), closed: closing(stream)};
    seen.push(entry);
    script(entry);
  });
  const url = `http://${host}:${await listen(server, host, port)}`;
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return {url, seen, sessions};
}

export const MODEL = "copilot-codex";
/** Since when the rig's key signs, in seconds since 1970. */
export const KEY_SINCE = 1_700_000_000;
const ISSUER = "https://completions.example.com";
const AUDIENCE = "meridian";

/** Starts a proxy in front of `hosts`, the first of which gets all it can take. */
export async function startRig(
  t: Cleanup,
  {
    hosts,
    rules = {},
    issuer,
  }: {hosts: readonly Host[]; rules?: Partial<PolicyInput>; issuer?: Issuer},
): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  const {privateKey} = generateKeyPairSync("ed25519");
  const {jwk} = readSigningKey(privateKey.export({format: "pem", type: "pkcs8"}) as string);
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
    return join(folder, name);
  };
  const policy = policyOf(hosts, write("key", "the-key\n"), rules);
  const log: string[] = [];
  const config: ProxyConfig = {
    LISTEN: {host: "127.0.0.1", port: 0},
    ADMIN: {host: "127.0.0.1", port: 0},
    REGION: "westeurope",
    POLICY_FILE: write("policy.json", JSON.stringify(policy)),
    JWKS_FILE: write(
      "jwks.json",
      JSON.stringify({keys: [{...jwk, iat: KEY_SINCE}, ...(issuer?.jwks ?? [])]}),
    ),
    TOKEN_ISSUER: ISSUER,
    TOKEN_AUDIENCE: AUDIENCE,
    ISSUER_URL: issuer?.url,
    DRAIN_MS: 0,
    DRAIN_LIMIT_MS: 5000,
  };
  let passedMs = 0;
  const runs: (() => void)[] = [];
  const proxy = await startProxy({
    config,
    clock: {
      now: () => systemClock.now() + passedMs,
      every(ms, run) {
        runs.push(run);
        return systemClock.every(ms, run);
      },
    },
    log: pino({base: null}, {write: (line: string) => log.push(line)}),
  });
  const origin = `http://127.0.0.1:${proxy.address.port}`;
  const client = connect(origin);
  let stopped: Promise<void> | undefined;
  const stop = (options = {waitMs: 0, limitMs: 200}) => {
    stopped ??= proxy.stop(options);
    return stopped;
  };
  t.after(async () => {
    client.destroy();
    await stop();
    rmSync(folder, {recursive: true});
  });
  const token: Rig["token"] = async ({key = privateKey, alg = "EdDSA", ...changes} = {}) => {
    const {issuer = ISSUER, audience = AUDIENCE, expiresInS = 600, models = [MODEL]} = changes;
    return new SignJWT({models})
      .setProtectedHeader({alg, kid: jwk.kid as string})
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(changes.user ?? "github:1")
      .setJti("ticket-1")
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInS)
      .sign(key);
  };
  return {
    client,
    origin,
    admin: `http://127.0.0.1:${proxy.admin.port}`,
    log,
    policy,
    signingKey: privateKey,
    config,
    kid: jwk.kid as string,
    metrics: async () => proxy.metrics(),
    pass: (ms) => {
      passedMs += ms;
      for (const run of runs) run();
    },
    writePolicy: (next) => void write("policy.json", JSON.stringify(next)),
    stop,
    token,
    async crowd() {
      const users = ["github:1", "github:2", "github:3"];
      const tokens = await Promise.all(users.map((user) => token({user})));
      let turn = 0;
      return () => ({authorization: `Bearer ${tokens[turn++ % tokens.length]}`});
    },
  };
}

function policyOf(
  hosts: readonly Host[],
  keyFile: string,
  rules: Partial<PolicyInput>,
): PolicyInput {
  const named = hosts.map(({url}, index) => ({name: `host-${index}`, url}));
  const [first, ...rest] = named.map(({name}) => ({upstream: name, name: "codex", weight: 1}));
  return {
    objective: {success: 0.99, firstByteMs: 1000, windowMs: 60_000},
    upstreams: Object.fromEntries(
      named.map(({name, url}) => [
        name,
        {
          url,
          api: "azure" as const,
          apiVersion: "2024-10-21",
          credential: {kind: "key" as const, file: keyFile},
        },
      ]),
    ),
    models: {[MODEL]: {deployments: [first!], fallback: rest}},
    ...rules,
  };
}

/** How many requests were good, late and failed by an objective of a model. */
export async function judged(
  {metrics}: Pick<Rig, "metrics">,
  {model = MODEL, objective = "model"} = {},
): Promise<number[]> {
  const text = await metrics();
  return ["good", "late", "failed"].map((verdict) => {
    const labels = `{model="${model}",objective="${objective}",verdict="${verdict}"} `;
    return Number(text.split(`meridian_judged_total${labels}`)[1]?.split("\n")[0]);
  });
}

/** One answer, as the client's side of the wire saw it. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The code the stream was closed with; 0 is a clean end. */
  readonly code: number;
}

export const COMPLETIONS = `/v1/engines/${MODEL}/completions`;

interface Request {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** Sends a request whose answer is left to read. */
export function open(
  client: ClientHttp2Session,
  {headers = {}, body = '{"prompt": "let x", "stream": true}'}: Request,
): ClientHttp2Stream {
  const stream = client.request({
    ":method": "POST",
    ":path": COMPLETIONS,
    "content-type": "application/json",
    ...headers,
  });
  stream.on("error", () => {});
  if (!stream.writableEnded) stream.end(body);
  return stream;
}

/** Sends a request and reads its answer. */
export const ask = (client: ClientHttp2Session, request: Request): Promise<Answer> =>
  answerOf(open(client, request));

/** Reads the answer of a request that was just sent to the end, however it ends. */
export async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let answer: IncomingHttpHeaders = {};
  stream.on("response", (headers) => {
    answer = headers;
  });
  const text = await readAll(stream);
  const code = await closing(stream);
  return {status: Number(answer[":status"]), headers: answer, text, code};
}

export function event(text: string): string {
  return `data: ${JSON.stringify({choices: [{index: 0, text}]})}\n\n`;
}

export const DONE = "data: [DONE]\n\n";

export function answerEvents(stream: ServerHttp2Stream): void {
  stream.respond({":status": 200, "content-type": "text/event-stream"});
}

function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("error", () => {});
    for (const over of ["end", "close"])
      stream.on(over, () => resolve(Buffer.concat(chunks).toString()));
  });
}

function closing(stream: Http2Stream): Promise<number> {
  if (stream.destroyed) return Promise.resolve(stream.rstCode);
  return new Promise<number>((resolve) => stream.on("close", () => resolve(stream.rstCode)));
}

async function listen(
  server: ReturnType<typeof createServer>,
  host: string,
  port: number,
): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return (server.address() as AddressInfo).port;
}
