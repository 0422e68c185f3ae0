import {randomUUID} from "node:crypto";
import {type ClientHttp2Session, type ClientHttp2Stream, constants} from "node:http2";
import {chosenModel, DEFAULT_MODEL} from "./choice.ts";
import {type Reaction, reactionTo, reactionToNoToken, type Sight} from "./reaction.ts";
import {type Answer, bodyOf, EDITOR, readAnswer, TOKEN} from "./wire.ts";

/** An editor that behaves as the widely used one does on the wire; a typist that never throws. */
export interface Editor {
  /** Asks for a completion; resolves to what the user sees. */
  complete(prompt: string): Promise<Sight>;
  /** The same, until it is `left`; tells what came over the wire too. */
  request(prompt: string, options?: Asking): Promise<Shown>;
  /** Asks for a completion, and types on at its first words. */
  typeOn(prompt: string): Promise<void>;
  /** 1: a connection for each request under way. 2: one for all. */
  readonly stack: 1 | 2;
  /** Opened since the start. */
  readonly connections: number;
  /** Tokens that it has had. */
  readonly exchanges: number;
  /** Has its token renewed before the next request, as when that is due. */
  renew(): void;
  close(): void;
}

export interface Asking {
  /** Aborted when the user types on: the request is cancelled. */
  readonly left?: AbortSignal;
  /** Sent beside the usual ones. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface Shown {
  readonly sight: Sight;
  /** The last one; undefined where no completion was asked for. */
  readonly answer: Answer | undefined;
}

interface Ticket {
  readonly token: string;
  readonly renewAtMs: number;
}

export function createEditor({
  connect,
  credential,
  stack = 1,
  now = Date.now,
}: {
  /** Opens a connection to the service. */
  connect: () => ClientHttp2Session;
  credential: string;
  stack?: 1 | 2;
  now?: () => number;
}): Editor {
  const sessions = new Map<ClientHttp2Session, number>();
  let connections = 0;
  let exchanges = 0;
  let ticket: Ticket | undefined;
  let model = DEFAULT_MODEL;
  let silentUntilMs = 0;
  let signedOut = false;
  let stopped = false;

  async function complete(prompt: string): Promise<Sight> {
    return (await request(prompt)).sight;
  }

  async function request(prompt: string, asking: Asking = {}): Promise<Shown> {
    const refusal = await authorize();
    if (refusal) return {sight: refusal, answer: undefined};
    if (asking.left?.aborted) return {sight: {sees: "nothing"}, answer: undefined};
    const first = await attempt(prompt, asking);
    if (!first.retry || stack === 2 || asking.left?.aborted) return heed(first);
    const second = await attempt(prompt, asking);
    if (!second.retry) stack = 2;
    return heed(second);
  }

  /** What is seen at once, where no request is sent; else there is a token. */
  async function authorize(): Promise<Sight | undefined> {
    if (signedOut) return {sees: "signed out"};
    if (now() < silentUntilMs) return {sees: "silence"};
    if (ticket && now() < ticket.renewAtMs) return stopped ? {sees: "silence"} : undefined;
    const reaction = await exchange();
    if (!reaction) return undefined;
    signedOut = reaction.stop ?? false;
    silentUntilMs = now() + (reaction.silentMs ?? 0);
    return reaction.sight;
  }

  async function exchange(): Promise<Reaction | undefined> {
    const headers = {...EDITOR, authorization: `Bearer ${credential}`};
    const answer = await readAnswer(send({":path": TOKEN, ...headers}));
    if (answer.status !== 200) return reactionToNoToken(answer);
    const {token, refresh_in} = JSON.parse(answer.text) as {token: string; refresh_in: number};
    ticket = {token, renewAtMs: now() + 1000 * refresh_in};
    stopped = false;
    exchanges++;
    await choose(token);
    return undefined;
  }

  /** A person's first key comes later than the list, so it is waited for. One that does not come changes nothing. */
  async function choose(token: string) {
    const headers = {...EDITOR, authorization: `Bearer ${token}`};
    const {status, text} = await readAnswer(send({":path": "/models", ...headers}));
    if (status === 200) model = chosenModel(text);
  }

  async function attempt(prompt: string, {left, parameters}: Asking) {
    const stream = ask(prompt, parameters);
    const leave = () => cancel(stream);
    left?.addEventListener("abort", leave);
    const answer = await readAnswer(stream);
    left?.removeEventListener("abort", leave);
    return {answer, ...reactionTo(answer)};
  }

  function heed({sight, exchange, stop, silentMs = 0, answer}: Reaction & {answer: Answer}): Shown {
    if (exchange) ticket = undefined;
    if (stop) stopped = true;
    silentUntilMs = now() + silentMs;
    return {sight, answer};
  }

  const cancel = (stream: ClientHttp2Stream) =>
    stream.close(stack === 1 ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL);

  async function typeOn(prompt: string): Promise<void> {
    if (await authorize()) return;
    const stream = ask(prompt);
    stream.on("error", () => {});
    await new Promise((resolve) => stream.once("data", resolve).once("close", resolve));
    cancel(stream);
    if (!stream.destroyed) await new Promise((resolve) => stream.once("close", resolve));
  }

  function ask(prompt: string, parameters?: Asking["parameters"]): ClientHttp2Stream {
    const stream = send({
      ":method": "POST",
      ":path": `/v1/engines/${model}/completions`,
      authorization: `Bearer ${ticket?.token}`,
      "content-type": "application/json",
      "openai-intent": "copilot-ghost",
      "x-request-id": randomUUID(),
      ...EDITOR,
    });
    stream.end(bodyOf(prompt, parameters));
    return stream;
  }

  function send(headers: Record<string, string>): ClientHttp2Stream {
    const session = free() ?? open();
    sessions.set(session, sessions.get(session)! + 1);
    const stream = session.request(headers);
    stream.on("error", () => {});
    stream.on("close", () => {
      if (sessions.has(session)) sessions.set(session, sessions.get(session)! - 1);
    });
    return stream;
  }

  function free(): ClientHttp2Session | undefined {
    for (const [session, underWay] of sessions)
      if (!session.closed && !session.destroyed && (stack === 2 || underWay === 0)) return session;
    return undefined;
  }

  function open(): ClientHttp2Session {
    const session = connect();
    connections++;
    sessions.set(session, 0);
    session.on("error", () => session.destroy());
    session.on("goaway", () => sessions.delete(session));
    session.on("close", () => sessions.delete(session));
    return session;
  }

  return {
    complete,
    request,
    typeOn,
    renew: () => {
      ticket = undefined;
    },
    get stack() {
      return stack;
    },
    get connections() {
      return connections;
    },
    get exchanges() {
      return exchanges;
    },
    close() {
      for (const session of sessions.keys()) session.close();
    },
  };
}
