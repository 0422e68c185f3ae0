import {randomUUID} from "node:crypto";
import {type ClientHttp2Stream, constants} from "node:http2";
import {chosenModel, DEFAULT_MODEL} from "./choice.ts";
import {type Connections, type ConnectionsOptions, createConnections} from "./connections.ts";
import {type Reaction, reactionTo, reactionToNoToken, type Sight} from "./reaction.ts";
import {type Completion, completionOf, type Received, receive, ticketOf} from "./received.ts";
import type {CompletionRequest, Wire} from "./wire.ts";

/** An editor that behaves on the wire as the widely used one does. */
export interface Editor {
  /** Has a token from now on. Rejects where none is to be had. */
  signIn(): Promise<void>;
  /**
   * Asks for a completion and says what the user sees of it. Never rejects, and asks nothing while the
   * service has told it to be silent.
   */
  request(prompt: string, asking?: Asking): Promise<Shown>;
  /** Asks whatever the service has said before, and leaves the stream to the caller. Rejects without a token. */
  ask(prompt: string, asking?: Asking): Promise<Asked>;
  /** Asks likewise, and reads the completion to its end. Rejects where it is not whole. */
  complete(prompt: string): Promise<Completion>;
  /** Asks likewise, and cancels at the completion's first words. */
  typeOn(prompt: string): Promise<Cancelled>;
  /** Fetches a new token before the next request, as when that is due. */
  renew(): void;
  /** 1: a connection for each request under way. 2: one connection for all. */
  readonly stack: 1 | 2;
  readonly connections: Pick<Connections, "opened" | "addresses" | "roundTripMs" | "close">;
  /** How many tokens it has had since the start. */
  readonly exchanges: number;
}

export interface Asking {
  /** Aborted when the user types on, which cancels the request. */
  readonly left?: AbortSignal;
  readonly parameters?: CompletionRequest["parameters"];
}

export interface Asked {
  /** The request's `x-request-id`, which the model host sees too. */
  readonly id: string;
  readonly stream: ClientHttp2Stream;
  readonly wire: Wire;
}

export interface Shown {
  readonly sight: Sight;
  /** What came over the wire last; undefined where no completion was asked for. */
  readonly received?: Received;
}

export interface Cancelled extends Pick<Asked, "id"> {
  /** When the stream was reset, in milliseconds since 1970. */
  readonly atMs: number;
  /** Whether the connection is still good for the next keystroke. */
  readonly connected: boolean;
}

export interface EditorOptions extends ConnectionsOptions {
  readonly credential: string;
  /** Without it the editor asks for the first model of the service's list. */
  readonly model?: string;
  readonly stack?: 1 | 2;
  readonly now?: () => number;
}

export function createEditor(options: EditorOptions): Editor {
  const {credential, now = Date.now} = options;
  let {model = DEFAULT_MODEL, stack = 1} = options;
  const connections = createConnections(options);
  const wire = () => connections.free(stack);
  let exchanges = 0;
  let ticket: {readonly token: string; readonly renewAtMs: number} | undefined;
  let renewing: Promise<Received | undefined> | undefined;
  let silentUntilMs = 0;
  let signedOut = false;
  let stopped = false;

  async function request(prompt: string, asking: Asking = {}): Promise<Shown> {
    // Without an answer the editor stays where it is, and sees on the wire whether that is still good.
    await connections.follow().catch(() => {});
    const refusal = await authorize();
    if (refusal) return {sight: refusal};
    if (asking.left?.aborted) return {sight: {sees: "nothing"}};
    const first = await attempt(prompt, asking);
    if (!first.retry || stack === 2 || asking.left?.aborted) return heed(first);
    const second = await attempt(prompt, asking);
    if (!second.retry) stack = 2;
    return heed(second);
  }

  /** What the user sees at once where no request is sent; otherwise there is a token now. */
  async function authorize(): Promise<Sight | undefined> {
    if (signedOut) return {sees: "signed out"};
    if (now() < silentUntilMs || (stopped && isFresh())) return {sees: "silence"};
    const received = await renewToken();
    if (!received) return undefined;
    const {stop = false, silentMs = 0, sight} = reactionToNoToken(received);
    signedOut = stop;
    silentUntilMs = now() + silentMs;
    return sight;
  }

  const isFresh = () => ticket !== undefined && now() < ticket.renewAtMs;

  /** Resolves to what came in place of a token. Requests that need one at the same time share it. */
  async function renewToken(): Promise<Received | undefined> {
    if (isFresh()) return undefined;
    renewing ??= exchange().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  async function exchange(): Promise<Received | undefined> {
    const received = await wire().exchange(credential);
    if (received.status !== 200) return received;
    const {token, refresh_in = Number.POSITIVE_INFINITY} = ticketOf(received);
    ticket = {token, renewAtMs: now() + 1000 * refresh_in};
    stopped = false;
    exchanges++;
    if (options.model === undefined) await choose(token);
    return undefined;
  }

  /** A person's first key comes later than the list, so it is waited for. Without a list nothing changes. */
  async function choose(token: string) {
    const {status, text} = await wire().models(token);
    if (status === 200) model = chosenModel(text);
  }

  async function attempt(prompt: string, asking: Asking) {
    const received = await receive(send(prompt, asking).stream);
    return {received, ...reactionTo(received)};
  }

  function heed(reaction: Reaction & Required<Pick<Shown, "received">>): Shown {
    const {sight, exchange, stop, silentMs = 0, received} = reaction;
    if (exchange) ticket = undefined;
    if (stop) stopped = true;
    silentUntilMs = now() + silentMs;
    return {sight, received};
  }

  async function signIn(): Promise<void> {
    await connections.follow();
    const received = await renewToken();
    if (received) ticketOf(received);
  }

  async function ask(prompt: string, asking: Asking = {}): Promise<Asked> {
    await signIn();
    const asked = send(prompt, asking);
    asked.stream.on("response", ({":status": status}) => {
      if (status === constants.HTTP_STATUS_UNAUTHORIZED) ticket = undefined;
    });
    return asked;
  }

  async function typeOn(prompt: string): Promise<Cancelled> {
    const {id, stream, wire} = await ask(prompt);
    await new Promise((resolve) => stream.once("data", resolve).once("close", resolve));
    if (stream.closed) throw new Error("the completion ended before it could be cancelled");
    const atMs = performance.timeOrigin + performance.now();
    cancel(stream);
    await new Promise((resolve) => stream.once("close", resolve));
    return {id, atMs, connected: wire.isOpen};
  }

  function send(prompt: string, {left, parameters}: Asking): Asked {
    const id = randomUUID();
    const used = wire();
    const stream = used.ask({token: ticket?.token ?? "", model, prompt, id, parameters});
    const leave = () => cancel(stream);
    if (left?.aborted) leave();
    left?.addEventListener("abort", leave);
    stream.on("close", () => left?.removeEventListener("abort", leave));
    return {id, stream, wire: used};
  }

  const cancel = (stream: ClientHttp2Stream) =>
    stream.close(stack === 1 ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL);

  return {
    signIn,
    request,
    ask,
    complete: async (prompt) => completionOf((await ask(prompt)).stream),
    typeOn,
    renew: () => {
      ticket = undefined;
    },
    get stack() {
      return stack;
    },
    connections,
    get exchanges() {
      return exchanges;
    },
  };
}
