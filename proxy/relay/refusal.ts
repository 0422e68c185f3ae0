import {z} from "zod";
import {jsonIn} from "../json.ts";

/** What a host says of a request that it does not take, as far as it is read. */
export interface Refusal {
  /** The parameters that the request's client wrote itself. */
  readonly wrote: readonly string[];
  push(chunk: Buffer): void;
  /** The parameter that it names; undefined where it names none. */
  readonly parameter: RefusedParameter | undefined;
}

export interface RefusedParameter {
  /** The outermost: `messages` for `messages[0].role`. */
  readonly name: string;
  readonly code: (typeof CODES)[number];
}

/** Such a body is a few hundred bytes long; of a longer one nothing is understood. */
const MAX_BYTES = 4096;

/**
 * Azure's and OpenAI's words for a parameter that a model does not take, or not with this value:
 * https://github.com/BerriAI/litellm/issues/16704, https://github.com/chatboxai/chatbox/issues/2378.
 */
const CODES = ["unsupported_parameter", "unsupported_value", "invalid_value"] as const;
const refusal = z.object({error: z.object({param: z.string(), code: z.enum(CODES)})});

export function createRefusal(wrote: readonly string[]): Refusal {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    wrote,
    push(chunk) {
      if (size < MAX_BYTES) chunks.push(chunk.subarray(0, MAX_BYTES - size));
      size += chunk.length;
    },
    get parameter() {
      return size > MAX_BYTES ? undefined : parameterIn(Buffer.concat(chunks).toString());
    },
  };
}

function parameterIn(text: string): RefusedParameter | undefined {
  const {error} = refusal.safeParse(jsonIn(text)).data ?? {};
  return error && {name: error.param.split(/[.[]/, 1)[0]!, code: error.code};
}
