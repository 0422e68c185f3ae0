import {z} from "zod";
import {jsonIn} from "../../json.ts";
import {bodyOf} from "../../rewrite/body.ts";
import {type Said, saidByOpenAi} from "../answer.ts";
import {boundsOf, checkEcho, DEFAULT_MAX_TOKENS, limitOf} from "../bounds.ts";
import {membersOf} from "../dialect.ts";
import {withHeadings} from "../files.ts";
import {createStops} from "../text/stops.ts";
import type {HostDialect} from "./host-dialect.ts";

/** Those of a completion's parameters that Mistral has too; `seed` is its `random_seed`. */
const SHARED = ["model", "stream", "temperature", "top_p"];

/**
 * Of hosts that speak Mistral's FIM: npm @mistralai/mistralai 2.7, models/components/fimcompletionrequest.ts, which
 * has no other parameters, and takes any number of stops. Answers have a chat's form, fimcompletionresponse.ts and
 * completionchunk.ts.
 */
export const mistral: HostDialect = {
  ask(body, {files}) {
    checkEcho(body);
    const {prompt, stop} = boundsOf(body);
    const suffix = body.get("suffix");
    const seed = body.get("seed");
    return {
      api: "fim/completions",
      body: bodyOf({
        max_tokens: limitOf(body.get("max_tokens")) ?? DEFAULT_MAX_TOKENS,
        ...membersOf(body, SHARED),
        ...(typeof seed === "number" && {random_seed: seed}),
        ...(stop.length > 0 && {stop}),
        prompt: withHeadings(prompt, files),
        ...(typeof suffix === "string" && {suffix}),
      }),
      newFilter: () => createStops(stop),
      choices: 1,
    };
  },
  newReader: () => saidByMistral,
  whole: saidByMistral,
  refusal: refusalIn,
};

/** completionresponsestreamchoice.ts has `error` as a reason to end: then the answer is none. */
function saidByMistral(event: unknown): Said {
  const said = saidByOpenAi(event);
  const isFailed = said.answer?.choices.some(({finish_reason}) => finish_reason === "error");
  return isFailed ? {error: {message: FAILED, type: "server_error"}} : said;
}

const FAILED = "The model host ended the answer with an error.";

const detail = z.object({loc: z.array(z.unknown()), msg: z.string()});
/** httpvalidationerror.ts; https://github.com/mistralai/platform-docs-public/issues/7 and editor-code-assistant/eca/issues/231 have it within Mistral's own form. */
const refusal = z.union([
  z.object({detail: z.array(detail)}),
  z.object({message: z.object({detail: z.array(detail)})}),
  z.object({message: z.string()}),
]);

function refusalIn(text: string): string | undefined {
  const said = refusal.safeParse(jsonIn(text)).data;
  if (!said) return undefined;
  if ("detail" in said) return listed(said.detail);
  return typeof said.message === "string" ? said.message : listed(said.message.detail);
}

const listed = (details: readonly z.output<typeof detail>[]) =>
  details.map(({loc, msg}) => `${loc.slice(1).join(".")}: ${msg}`).join("; ");
