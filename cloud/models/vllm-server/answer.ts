import {blockHashes, tokenId} from "../batching/hashes.ts";
import type {ModelServer} from "../batching/server.ts";
import {type Completion, complete} from "../completer.ts";
import type {HttpRequest} from "../http-request.ts";
import {tokensOf} from "../predictor.ts";
import {DONE, responseShape} from "../response-shape.ts";
import {EVENT_STREAM} from "../stream-completion.ts";
import type {ServerMetrics} from "./metrics.ts";
import type {VllmOrder} from "./order.ts";

export interface AnswerOptions {
  readonly request: HttpRequest;
  readonly order: VllmOrder;
  readonly engine: ModelServer;
  readonly blockSize: number;
  readonly metrics: ServerMetrics;
  /** The server's end: what is under way is broken off. */
  readonly broken: AbortSignal;
}

/** How many tokens a prompt has, near enough. */
export const promptTokensOf = ({whole}: VllmOrder): readonly string[] => tokensOf(whole);

let jobs = 0;

/** Answers a completion as the engine makes its tokens. Resolves once it is whole, left or broken off. */
export function answer(options: AnswerOptions): Promise<void> {
  const {request, order, engine, metrics, broken} = options;
  const beganMs = performance.now();
  const tokens = promptTokensOf(order).map(tokenId);
  const hashes = blockHashes(tokens, options.blockSize, order.salt);
  const choices = Array.from({length: order.choices}, (_, choice) => said({...order, choice}));
  const ids = choices.map(() => ++jobs);
  const writer = createWriter(request, order, {choices, promptTokens: tokens.length});
  return new Promise((resolve) => {
    let left = choices.length;
    const leave = () => {
      for (const id of ids)
        if (engine.abort(id)) metrics.ended("abort", performance.now() - beganMs);
      resolve();
    };
    const signal = AbortSignal.any([request.left, broken]);
    signal.addEventListener("abort", leave);
    choices.forEach((choice, index) => {
      const asked = {priority: order.priority, outputTokens: choice.tokens.length};
      engine.ask({id: ids[index]!, promptTokens: tokens.length, hashes, ...asked}, (made) => {
        const afterMs = performance.now() - beganMs;
        if (made.token === 0) metrics.firstToken(afterMs);
        writer.token(index, made.token);
        if (!made.isLast) return;
        metrics.ended(choice.finish, afterMs);
        writer.end(index);
        if (--left > 0) return;
        signal.removeEventListener("abort", leave);
        writer.close();
        resolve();
      });
    });
  });
}

/** A model that has nothing to say says so by a token too. */
function said(question: VllmOrder & {choice: number}): Completion {
  const {tokens, finish} = complete(question);
  return {tokens: tokens.length > 0 ? tokens : [""], finish};
}

interface Said {
  readonly choices: readonly Completion[];
  readonly promptTokens: number;
}

/** Writes an answer, token by token or when it is whole. */
function createWriter(
  request: HttpRequest,
  {model, stream, usage}: VllmOrder,
  {choices, promptTokens}: Said,
) {
  const created = Math.floor(Date.now() / 1000);
  const shape = responseShape("completions", {id: `${jobs}`, model, created});
  const all = choices.map((choice) => ({...choice, thoughts: 0}));
  const write = (text: string) => {
    if (!stream) return;
    if (!request.hasBegun) request.begin(200, EVENT_STREAM);
    request.write(text);
  };
  return {
    token: (choice: number, token: number) =>
      write(shape.event(choice, choices[choice]!.tokens[token]!)),
    end: (choice: number) => write(shape.event(choice, "", choices[choice]!.finish)),
    close: () => {
      if (stream) return request.end((usage ? shape.usage(all, promptTokens) : "") + DONE);
      request.begin(200, {"content-type": "application/json"});
      request.end(JSON.stringify(shape.body(all, promptTokens)));
    },
  };
}
