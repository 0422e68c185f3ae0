import {randomUUID} from "node:crypto";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from "node:http2";
import {type RequestOptions, request} from "node:https";
import {connect as tls} from "node:tls";

/** An editor as the world sees it: one connection, completions on it, and cancels of them. */
export interface Typist {
  /** Trades the credential for a token, which the completions then carry. */
  signIn(credential: string): Promise<string>;
  /** Goes on with a token that was had elsewhere. */
  use(token: string): void;
  /** Streams one completion to its end. Rejects when it is not whole. */
  complete(prompt: string): Promise<Completion>;
  /** Asks for a completion, and types on after its first words. */
  typeOn(prompt: string): Promise<Cancelled>;
  /** The stream of one request, for who wants to see each of its frames; `id` is what the model host sees. */
  ask(prompt: string, id: string): ClientHttp2Stream;
  /** What the way there and back takes: of an HTTP/2 ping. Rejects when the connection is lost. */
  roundTripMs(): Promise<number>;
  /** Whether the connection takes another request. */
  readonly connected: boolean;
  close(): void;
}

export interface Completion {
  readonly text: string;
  readonly firstByteMs: number;
  readonly region: string;
}

export interface Cancelled {
  /** The request's id, which the model host has seen too. */
  readonly id: string;
  /** When the stream was reset, in milliseconds since 1970. */
  readonly atMs: number;
  /** Whether the connection is still good for the next keystroke. */
  readonly connected: boolean;
}

const TIMEOUT_MS = 10_000;

/** Connects by TLS and HTTP/2 to the address that DNS gave, or to a name. */
export async function connectTypist({
  address,
  port,
  hostname,
  authority,
  model,
  issuer,
}: {
  address: string;
  port: number;
  hostname: string;
  /** PEM of who signed the service's certificate; one that the system knows if not given. */
  authority?: string;
  model: string;
  /** Where tokens are had; the same connection if not given. */
  issuer?: {port: number};
}): Promise<Typist> {
  const session = connect(`https://${hostname}:${port}`, {
    createConnection: () =>
      tls({host: address, port, servername: hostname, ca: authority, ALPNProtocols: ["h2"]}),
  });
  await connected(session);
  const path = `/v1/engines/${model}/completions`;
  let token = "";

  async function signIn(credential: string) {
    const headers = {authorization: `Bearer ${credential}`, ...EDITOR};
    const answer = issuer
      ? await get({
          host: address,
          port: issuer.port,
          servername: hostname,
          ca: authority,
          path: TOKEN,
          headers,
        })
      : await readAll(session.request({":path": TOKEN, ...headers}));
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text}`);
    token = (JSON.parse(answer.text) as {token: string}).token;
    return token;
  }

  function ask(prompt: string, id: string): ClientHttp2Stream {
    const headers: OutgoingHttpHeaders = {
      ":method": "POST",
      ":path": path,
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "openai-intent": "copilot-ghost",
      "x-request-id": id,
      ...EDITOR,
    };
    const stream = session.request(headers);
    stream.setTimeout(TIMEOUT_MS, () => stream.close(constants.NGHTTP2_CANCEL));
    stream.end(bodyOf(prompt));
    return stream;
  }

  async function complete(prompt: string): Promise<Completion> {
    const started = performance.now();
    const {status, headers, text, code, firstByteMs} = await readAll(
      ask(prompt, randomUUID()),
      started,
    );
    if (status !== 200) throw new Error(`no completion: ${status} ${text}`);
    if (code !== constants.NGHTTP2_NO_ERROR)
      throw new Error(`the completion was cut short (code ${code})`);
    return {text: textOf(text), firstByteMs, region: String(headers["x-meridian-region"])};
  }

  async function typeOn(prompt: string): Promise<Cancelled> {
    const id = randomUUID();
    const stream = ask(prompt, id);
    stream.on("error", () => {});
    await new Promise((resolve) => stream.once("data", resolve).once("close", resolve));
    if (stream.closed) throw new Error("the completion ended before it could be cancelled");
    const atMs = performance.timeOrigin + performance.now();
    stream.close(constants.NGHTTP2_CANCEL);
    await new Promise((resolve) => stream.once("close", resolve));
    return {id, atMs, connected: !session.closed && !session.destroyed};
  }

  const use = (given: string) => {
    token = given;
  };

  const roundTripMs = () =>
    new Promise<number>((resolve, reject) => {
      if (session.closed || session.destroyed) return reject(new Error("the connection is lost"));
      session.ping((error, ms) => (error ? reject(error) : resolve(ms)));
    });

  return {
    signIn,
    use,
    complete,
    typeOn,
    ask,
    roundTripMs,
    get connected() {
      return !session.closed && !session.destroyed;
    },
    close: () => session.close(),
  };
}

export const TOKEN = "/copilot_internal/v2/token";

export const EDITOR = {
  "editor-version": "meridian/0.1.0",
  "editor-plugin-version": "typist/0.1.0",
};

/** What an editor asks with; `parameters` are sent beside the usual ones. */
export function bodyOf(prompt: string, parameters: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    ...parameters,
    prompt,
    max_tokens: 60,
    temperature: 0,
    stop: ["\n"],
    n: 1,
    stream: true,
    extra: {language: "typescript"},
    nwo: "meridian/demonstration",
    code_annotations: false,
  });
}

function connected(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    session.once("error", reject);
    session.once("connect", () => {
      session.off("error", reject);
      session.on("error", () => session.destroy());
      resolve();
    });
  });
}

export interface Answer {
  /** 0 where none came. */
  status: number;
  headers: Record<string, unknown>;
  text: string;
  code: number;
  firstByteMs: number;
}

async function readAll(stream: ClientHttp2Stream, started = performance.now()): Promise<Answer> {
  const answer = await readAnswer(stream, started);
  if (answer.status === 0) throw new Error(`no answer (code ${answer.code})`);
  return answer;
}

/** Reads whatever comes until the stream is closed. */
export function readAnswer(
  stream: ClientHttp2Stream,
  started = performance.now(),
): Promise<Answer> {
  const answer: Answer = {status: 0, headers: {}, text: "", code: 0, firstByteMs: 0};
  return new Promise((resolve) => {
    stream.setEncoding("utf8");
    stream.on("response", (headers) => {
      answer.status = Number(headers[":status"]);
      answer.headers = headers;
    });
    stream.on("data", (text: string) => {
      answer.firstByteMs ||= performance.now() - started;
      answer.text += text;
    });
    stream.on("error", () => {});
    stream.on("close", () => resolve({...answer, code: stream.rstCode}));
  });
}

/** The same by HTTP/1.1, as the issuer speaks it. */
function get(
  options: RequestOptions & {servername: string},
): Promise<Pick<Answer, "status" | "text">> {
  return new Promise((resolve, reject) => {
    const asked = request(options, async (answer) => {
      const chunks = await answer.toArray();
      resolve({status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString()});
    });
    asked.on("error", reject).end();
  });
}

/** The completion's text, out of its events. */
export function textOf(events: string): string {
  const chunks = [...events.matchAll(/^data: (\{.*\})$/gm)].map(([, json]) => JSON.parse(json!));
  return chunks.map((chunk) => chunk.choices?.[0]?.text ?? "").join("");
}
