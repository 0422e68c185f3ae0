import type {CodedError} from "../coded-error.ts";
import type {ModelApi} from "../policy.ts";
import type {Body} from "../rewrite/body.ts";
import type {HostApi} from "../upstream/upstream.ts";
import type {Completion} from "./completion.ts";
import type {SourceFile} from "./files.ts";

/** A way to ask for a completion, and to be answered, that is not OpenAI's. */
export interface Dialect {
  readonly path: string;
  /** Where hosts speak it too: what such a model's `api` is, and what its hosts are asked for. There a body passes as it came. */
  readonly hosted?: {readonly by: ModelApi; readonly api: HostApi};
  /** The completion that a body asks for. Throws PARAMETER_UNFIT where it asks for none. */
  read(body: Body): Question;
  /** An answer in one piece. */
  answer(completion: Completion): unknown;
  /** An event of an answer in pieces; undefined where it says nothing. */
  event(completion: Completion): unknown;
  /** What follows the last event. `finished`: an event has told why the answer ends. */
  last(finished: boolean): string;
  /** An error, ours or a host's. */
  error(error: Pick<CodedError<string>, "status" | "type" | "message" | "code">): unknown;
  /** The answer to who asks for no token at all, to have a host read the text; undefined where nobody does. */
  readonly empty: Completion | undefined;
}

/** A completion, and the files that a model is shown beside the one that is written. */
export interface Question {
  readonly body: Body;
  readonly files?: readonly SourceFile[];
}

/** Where a client leaves it to the model when to end, which costs as much as the model likes to say. */
const MOST_TOKENS_UNASKED = 256;

/** The limit that a client asks for. A number below 0 stands for none, and so does one that is too large for JSON to be written again. */
export const limitAsked = (most: unknown): unknown =>
  most == null || (typeof most === "number" && (most < 0 || most === Infinity))
    ? MOST_TOKENS_UNASKED
    : most;

/** The body with the members of these names alone, where they say anything. */
export const membersOf = (body: Body, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    names.map((name) => [name, body.get(name)]).filter(([, value]) => value != null),
  );

/** What follows the last event of OpenAI's answers. */
export const DONE = "data: [DONE]\n\n";

export const eventOf = (said: unknown): string => `data: ${JSON.stringify(said)}\n\n`;
