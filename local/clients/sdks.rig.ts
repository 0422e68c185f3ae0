import tls from "node:tls";
import {createOpenAICompatible} from "@ai-sdk/openai-compatible";
import {Mistral} from "@mistralai/mistralai";
import {MistralError} from "@mistralai/mistralai/models/errors";
import {APICallError, generateText, streamText} from "ai";
import OpenAI, {APIError, APIUserAbortError} from "openai";

/** For tests: published SDKs, unmodified, and what a program does with each. */
export interface Sdk {
  /** Every way to ask, by name; each resolves to the text that came. */
  readonly ways: Readonly<Record<string, (asking: Asking) => Promise<string>>>;
  /** Those that ask otherwise than they were told, so that the model says something else. */
  readonly reworded?: readonly string[];
  /** Asks for an answer in pieces, and aborts it after the first. */
  leave(asking: Asking): Promise<void>;
  /** The name of its own class of error, by status. */
  readonly errors: Readonly<Record<Status, string>>;
  /** That name of an error, and the status that it tells. */
  read(error: unknown): readonly [string, number | undefined];
}

export type Status = 401 | 404 | 429;

export interface Asking {
  /** Where the service is: `https://completions.example.com`. */
  readonly service: string;
  readonly key: string;
  readonly model: string;
  /** A model that chats. */
  readonly chat: string;
  readonly prompt: string;
  readonly suffix: string;
}

const MAX_TOKENS = 20;
/** To the end of the line. */
const STOP = ["\n"];

/** Has every connection of this process trust `authority` too, as NODE_EXTRA_CA_CERTS would. */
export function trust(authority: string): void {
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), authority]);
}

async function joined<T>(pieces: AsyncIterable<T>, textOf: (piece: T) => unknown): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += textOf(piece) ?? "";
  return text;
}

const chatOf = ({chat, prompt}: Asking) => ({
  model: chat,
  messages: [{role: "user" as const, content: prompt}],
  max_tokens: MAX_TOKENS,
  stop: STOP,
});

const openaiAt = ({service, key}: Asking) =>
  new OpenAI({baseURL: `${service}/v1`, apiKey: key, maxRetries: 0});

const openai: Sdk = {
  ways: {
    "a completion, whole": async (asking) => {
      const {model, prompt, suffix} = asking;
      const order = {model, prompt, suffix, max_tokens: MAX_TOKENS, stop: STOP};
      return (await openaiAt(asking).completions.create(order)).choices[0]!.text;
    },
    "a completion, streamed": async (asking) => {
      const {model, prompt, suffix} = asking;
      const order = {
        model,
        prompt,
        suffix,
        max_tokens: MAX_TOKENS,
        stop: STOP,
        stream: true,
      } as const;
      return joined(
        await openaiAt(asking).completions.create(order),
        ({choices}) => choices[0]?.text,
      );
    },
    "a chat, whole": async (asking) => {
      const answer = await openaiAt(asking).chat.completions.create(chatOf(asking));
      return answer.choices[0]!.message.content ?? "";
    },
    "a chat, streamed": async (asking) => {
      return joined(
        await openaiAt(asking).chat.completions.create({...chatOf(asking), stream: true}),
        ({choices}) => choices[0]?.delta.content,
      );
    },
  },
  async leave(asking) {
    const left = new AbortController();
    const {model, prompt} = asking;
    const order = {model, prompt, max_tokens: 200, stream: true} as const;
    const pieces = await openaiAt(asking).completions.create(order, {signal: left.signal});
    try {
      for await (const _ of pieces) left.abort();
    } catch (error) {
      if (!(error instanceof APIUserAbortError)) throw error;
    }
  },
  errors: {401: "AuthenticationError", 404: "NotFoundError", 429: "RateLimitError"},
  read: (error) => [nameOf(error), error instanceof APIError ? error.status : undefined],
};

/** Else it prints what a provider of completions cannot do, at each. */
globalThis.AI_SDK_LOG_WARNINGS = false;

const vercelAt = ({service, key}: Asking) =>
  createOpenAICompatible({name: "meridian", baseURL: `${service}/v1`, apiKey: key});
/** It gives errors of a stream to this alone; without it they are printed. */
const toThrow = () => {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  return {failed: failed.promise, onError: ({error}: {error: unknown}) => failed.reject(error)};
};

const vercel: Sdk = {
  ways: {
    "a completion, whole": async (asking) => {
      const model = vercelAt(asking).completionModel(asking.model);
      return (await generateText({model, ...vercelOrder(asking)})).text;
    },
    "a completion, streamed": (asking) =>
      vercelStream(vercelAt(asking).completionModel(asking.model), asking),
    "a chat, whole": async (asking) => {
      const model = vercelAt(asking).chatModel(asking.chat);
      return (await generateText({model, ...vercelOrder(asking)})).text;
    },
    "a chat, streamed": (asking) => vercelStream(vercelAt(asking).chatModel(asking.chat), asking),
  },
  // It makes a conversation of any prompt: "user:", the prompt, "assistant:".
  reworded: ["a completion, whole", "a completion, streamed"],
  async leave(asking) {
    const left = new AbortController();
    const model = vercelAt(asking).completionModel(asking.model);
    const order = {...vercelOrder(asking), maxOutputTokens: 200, abortSignal: left.signal};
    for await (const _ of streamText({model, ...order}).textStream) left.abort();
  },
  errors: {401: "APICallError", 404: "APICallError", 429: "APICallError"},
  read: (error) => [nameOf(error), error instanceof APICallError ? error.statusCode : undefined],
};

const vercelOrder = ({prompt}: Asking) => ({
  prompt,
  maxOutputTokens: MAX_TOKENS,
  stopSequences: STOP,
  maxRetries: 0,
});

async function vercelStream(
  model: Parameters<typeof streamText>[0]["model"],
  asking: Asking,
): Promise<string> {
  const {failed, onError} = toThrow();
  const {textStream} = streamText({model, ...vercelOrder(asking), onError});
  return Promise.race([failed, joined(textStream, (text) => text)]);
}

const mistralAt = ({service, key}: Asking) =>
  new Mistral({serverURL: service, apiKey: key, retryConfig: {strategy: "none"}});

const mistral: Sdk = {
  ways: {
    "fill in the middle, whole": async (asking) => {
      const {model, prompt, suffix} = asking;
      const answer = await mistralAt(asking).fim.complete({
        ...{model, prompt, suffix},
        maxTokens: MAX_TOKENS,
        stop: STOP,
      });
      return `${answer.choices[0]!.message?.content}`;
    },
    "fill in the middle, streamed": async (asking) => {
      const {model, prompt, suffix} = asking;
      const order = {model, prompt, suffix, maxTokens: MAX_TOKENS, stop: STOP};
      return joined(
        await mistralAt(asking).fim.stream(order),
        ({data}) => data.choices[0]?.delta.content,
      );
    },
  },
  async leave(asking) {
    const {model, prompt} = asking;
    const pieces = await mistralAt(asking).fim.stream({model, prompt, maxTokens: 200});
    for await (const _ of pieces) break;
  },
  errors: {401: "SDKError", 404: "SDKError", 429: "SDKError"},
  read: (error) => [nameOf(error), error instanceof MistralError ? error.statusCode : undefined],
};

const nameOf = (error: unknown) => (error instanceof Error ? error.constructor.name : `${error}`);

/** By the name of their package. */
export const sdks: Readonly<Record<string, Sdk>> = {
  openai,
  "@ai-sdk/openai-compatible": vercel,
  "@mistralai/mistralai": mistral,
};

export const listModels = async (asking: Asking): Promise<string[]> =>
  (await openaiAt(asking).models.list()).data.map(({id}) => id);
