import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from "node:http2";
import type {Model} from "./host.ts";
import {spinUntil} from "./pace.ts";

/** Where to send requests, and as whom. */
export interface Aim {
  readonly origin: string;
  /** PEM of who signed the target's certificate; none where it speaks cleartext. */
  readonly authority: string | undefined;
  /** One for each user; each request is another's. */
  readonly tokens: readonly string[];
  /** Of each request. */
  readonly body: Buffer;
}

/** A request under way. One set of handlers serves all of them. */
export interface Asked {
  readonly id: string;
  /** By performance.now(). */
  readonly meantMs: number;
  readonly watch: Watch;
  readonly stream: ClientHttp2Stream;
  status: number;
  /** 0 until then. */
  firstByteMs: number;
}

/** What a measure wants to hear of its requests. */
export interface Watch {
  firstByte?(asked: Asked): void;
  /** `whole`: status 200 and a clean end. */
  closed(asked: Asked, whole: boolean): void;
}

export interface Client {
  ask(model: Model, watch: Watch, meantMs?: number): Asked;
  /** Connections that ended, or were told to. */
  readonly closed: number;
}

type AskedStream = ClientHttp2Stream & {asked?: Asked};

const READY_WITHIN_MS = 15_000;

/** Connects, and waits until a request is answered with 200. */
export async function connectClient(aim: Aim, connections: number): Promise<Client> {
  let ended = 0;
  let count = 0;
  const connect = () => open(aim, () => ended++);
  const sessions = Array.from({length: connections}, connect);
  const client: Client = {
    ask(model, watch, meantMs = performance.now()) {
      let session = sessions[count % connections] as ClientHttp2Session;
      if (session.closed) session = sessions[count % connections] = connect();
      const token = aim.tokens[count % aim.tokens.length] as string;
      return send(session, {id: `bench-${count++}`, model, token, body: aim.body, watch, meantMs});
    },
    get closed() {
      return ended;
    },
  };
  await ready(client);
  return client;
}

function open({origin, authority}: Aim, onEnd: () => void): ClientHttp2Session {
  let over = false;
  const end = () => {
    if (!over) onEnd();
    over = true;
  };
  const session = connect(origin, {
    ...(authority !== undefined && {ca: authority}),
    settings: {enablePush: false, initialWindowSize: 1 << 20},
    maxSessionMemory: 512,
  });
  session.on("goaway", end);
  session.on("error", end);
  session.on("close", end);
  return session;
}

/** A target's own health checks may not have found what is behind it yet. */
async function ready(client: Client) {
  const endMs = performance.now() + READY_WITHIN_MS;
  for (let status = 0; status !== 200; ) {
    if (performance.now() > endMs) throw new Error(`the target answers ${status}, not 200`);
    const {promise, resolve} = Promise.withResolvers<number>();
    client.ask("unary", {closed: (asked) => resolve(asked.status)});
    status = await promise;
    await spinUntil(() => false, 20);
  }
}

function send(
  session: ClientHttp2Session,
  {
    id,
    model,
    token,
    body,
    watch,
    meantMs,
  }: Pick<Asked, "id" | "watch" | "meantMs"> & {
    model: Model;
    token: string;
    body: Buffer;
  },
): Asked {
  const stream: AskedStream = session.request({
    ":method": "POST",
    ":path": `/v1/engines/${model}/completions`,
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-length": body.length,
    "editor-version": "vscode/1.96.0",
    "editor-plugin-version": "copilot/1.250.0",
    "x-request-id": id,
  });
  const asked: Asked = {id, watch, meantMs, stream, status: 0, firstByteMs: 0};
  stream.asked = asked;
  stream.on("response", onResponse);
  stream.on("data", onData);
  stream.on("error", ignore);
  stream.on("close", onClose);
  stream.end(body);
  return asked;
}

function onResponse(this: AskedStream, headers: IncomingHttpHeaders & IncomingHttpStatusHeader) {
  (this.asked as Asked).status = Number(headers[":status"]);
}

function onData(this: AskedStream) {
  const asked = this.asked as Asked;
  if (asked.firstByteMs > 0) return;
  asked.firstByteMs = performance.now();
  asked.watch.firstByte?.(asked);
}

function onClose(this: AskedStream) {
  const asked = this.asked as Asked;
  asked.watch.closed(asked, asked.status === 200 && this.rstCode === 0);
}

function ignore() {}
