import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type {AddressInfo} from "node:net";

/** How a model host answers; the path of a request holds one of these words. */
export const MODELS = ["unary", "stream", "hold", "mute"] as const;
export type Model = (typeof MODELS)[number];

export interface Host {
  readonly port: number;
  /** Requests that arrived, by their id. */
  readonly begun: Set<string>;
  /** When a request was reset, by its id; milliseconds of performance.now(). */
  readonly resets: Map<string, number>;
  forget(): void;
}

/** As many tokens as a suggestion of a line has, a model's pace on a small prompt. */
export const CHUNKS = 15;
export const CHUNK_EVERY_MS = 10;
/** Below the 20 s after which a proxy takes a silent model for lost. */
export const SIGN_OF_LIFE_EVERY_MS = 5000;
/** The limiters of hosts (nghttp2: 1,000 resets and 33/s) would be measured in place of the relay. */
const NO_LIMIT = {streamResetBurst: 1_000_000, streamResetRate: 1_000_000};
const SETTINGS = {maxConcurrentStreams: 250, initialWindowSize: 1 << 20};

const chunk = (text: string) => `data: ${JSON.stringify({choices: [{index: 0, text}]})}\n\n`;
const CHUNK = Buffer.from(chunk("const value = "));
const DONE = Buffer.from("data: [DONE]\n\n");
const ANSWER = Buffer.from(JSON.stringify({choices: [{index: 0, text: "x".repeat(560)}]}));

type Asked = ServerHttp2Stream & {model?: Model | undefined; requestId?: string; sent?: number};

/**
 * A model host that costs as little as Node can: `unary` answers 600 bytes at once, `stream` 15 events
 * at 10 ms from each other, `hold` an event and then hardly any, `mute` nothing.
 */
export async function startHost(): Promise<Host> {
  const begun = new Set<string>();
  const resets = new Map<string, number>();
  const held = new Set<Asked>();
  const server = createServer({...NO_LIMIT, settings: SETTINGS, maxSessionMemory: 512});
  server.on("session", (session: ServerHttp2Session) => session.on("error", ignore));
  server.on("stream", (stream: Asked, headers: IncomingHttpHeaders) => {
    stream.requestId = String(headers["x-request-id"]);
    stream.model = MODELS.find((model) => headers[":path"]?.includes(model));
    if (stream.model !== "unary") begun.add(stream.requestId);
    stream.on("error", ignore);
    stream.on("end", onAsked);
    stream.on("close", onClose);
    stream.resume();
  });

  function onAsked(this: Asked) {
    if (this.model === "unary") answer(this);
    else if (this.model === "stream") setTimeout(sendNext, CHUNK_EVERY_MS, this);
    else if (this.model === "hold") hold(this);
  }

  function hold(stream: Asked) {
    held.add(stream);
    sendNext(stream, false);
  }

  function onClose(this: Asked) {
    held.delete(this);
    if (this.rstCode !== 0) resets.set(this.requestId as string, performance.now());
  }

  setInterval(() => {
    for (const stream of held) stream.write(CHUNK);
  }, SIGN_OF_LIFE_EVERY_MS).unref();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    begun,
    resets,
    forget() {
      begun.clear();
      resets.clear();
    },
  };
}

function ignore() {}

function answer(stream: Asked) {
  stream.respond({":status": 200, "content-type": "application/json"});
  stream.end(ANSWER);
}

function sendNext(stream: Asked, andOthers = true) {
  if (stream.destroyed) return;
  if (!stream.headersSent) stream.respond({":status": 200, "content-type": "text/event-stream"});
  stream.sent = (stream.sent ?? 0) + 1;
  stream.write(CHUNK);
  if (!andOthers) return;
  if (stream.sent < CHUNKS) setTimeout(sendNext, CHUNK_EVERY_MS, stream);
  else stream.end(DONE);
}
