import {randomUUID} from "node:crypto";
import {type ClientHttp2Session, type ClientHttp2Stream, constants} from "node:http2";
import {type Reaction, reactionTo, reactionToNoToken, type Sight} from "./reaction.ts";
import {bodyOf, EDITOR, readAnswer, TOKEN} from "./typist.ts";

/** An editor that behaves as the widely used one does on the wire; a typist that never throws. */
export interface Editor {
  /** Asks for a completion; resolves to what the user sees. */
  complete(prompt: string): Promise<Sight>;
  /** Asks for a completion, and types on at its first words. */
  typeOn(prompt: string): Promise<void>;
  /** 1: a connection for each request under way. 2: one for all. */
  readonly stack: 1 | 2;
  /** Opened since the start. */
  readonly connections: number;
  /** Tokens that it has had. */
  readonly exchanges: number;
  close(): void;
}

interface Ticket {
  readonly token: string;
  readonly renewAtMs: number;
}

export function createEditor({
  connect,
  credential,
  model,
  stack = 1,
  now = Date.now,
}: {
  /** Opens a connection to the service. */
  connect: () => ClientHttp2Session;
  credential: string;
  model: string;
  stack?: 1 | 2;
  now?: () => number;
}): Editor {
  const sessions = new Map<ClientHttp2Session, number>();
  let connections = 0;
  let exchanges = 0;
  let ticket: Ticket | undefined;
  let silentUntilMs = 0;
  let signedOut = false;
  let stopped = false;

  async function complete(prompt: string): Promise<Sight> {
    const refusal = await authorize();
    if (refusal) return refusal;
    const first = await attempt(prompt);
    if (!first.retry || stack === 2) return heed(first);
    const second = await attempt(prompt);
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
    const answer = await readAnswer(request({":path": TOKEN, ...headers}));
    if (answer.status !== 200) return reactionToNoToken(answer);
    const {token, refresh_in} = JSON.parse(answer.text) as {token: string; refresh_in: number};
    ticket = {token, renewAtMs: now() + 1000 * refresh_in};
    stopped = false;
    exchanges++;
    return undefined;
  }

  async function attempt(prompt: string): Promise<Reaction> {
    return reactionTo(await readAnswer(ask(prompt)));
  }

  function heed({sight, exchange, stop, silentMs = 0}: Reaction): Sight {
    if (exchange) ticket = undefined;
    if (stop) stopped = true;
    silentUntilMs = now() + silentMs;
    return sight;
  }

  async function typeOn(prompt: string): Promise<void> {
    if (await authorize()) return;
    const stream = ask(prompt);
    stream.on("error", () => {});
    await new Promise((resolve) => stream.once("data", resolve).once("close", resolve));
    stream.close(stack === 1 ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL);
    if (!stream.destroyed) await new Promise((resolve) => stream.once("close", resolve));
  }

  function ask(prompt: string): ClientHttp2Stream {
    const stream = request({
      ":method": "POST",
      ":path": `/v1/engines/${model}/completions`,
      authorization: `Bearer ${ticket?.token}`,
      "content-type": "application/json",
      "openai-intent": "copilot-ghost",
      "x-request-id": randomUUID(),
      ...EDITOR,
    });
    stream.end(bodyOf(prompt));
    return stream;
  }

  function request(headers: Record<string, string>): ClientHttp2Stream {
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
    typeOn,
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
