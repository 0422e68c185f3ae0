import {z} from "zod";
import {ProxyError} from "../errors.ts";
import {type Body, bodyOf} from "../rewrite/body.ts";
import type {Completion} from "./completion.ts";
import {type Dialect, eventOf, limitAsked, membersOf} from "./dialect.ts";

/** Leads to the model whose alias it is: that which takes any name. */
const ANY_NAME = "*";
const SHARED = ["stop", "stream", "temperature", "top_p", "frequency_penalty", "presence_penalty"];

/** What llama-server calls a file without a name (tools/server/server-common.cpp, format_prompt_infill). */
const UNNAMED = "tmp";

const extra = z
  .object({filename: z.string().catch(UNNAMED), text: z.string()})
  .transform(({filename, text}) => ({path: filename.replace(/[\r\n]+/g, " "), text}));

const gap = z.object({
  input_prefix: z.string(),
  input_suffix: z.string(),
  /** What stands before the cursor in its line, and is not in `input_prefix`. */
  prompt: z.string().default(""),
  input_extra: z.array(extra).default([]),
});

const GAP_UNFIT =
  'Send "input_prefix" and "input_suffix" as texts, "prompt" as one or not at all, and "input_extra" as a list of {"filename", "text"}.';

/**
 * llama-server's /infill (tools/server/README.md), which llama.vscode and llama.vim ask by. Samplers, caches and
 * limits of time are a host's own affair and left out. Its clients name no model: they get the one that takes
 * any name.
 */
export const infill: Dialect = {
  path: "/infill",
  read(body) {
    const {input_prefix, input_suffix, prompt, input_extra} = gapOf(body);
    const completion = bodyOf({
      ...membersOf(body, SHARED),
      model: body.get("model") || ANY_NAME,
      max_tokens: limitAsked(body.get("n_predict")),
      prompt: input_prefix + prompt,
      suffix: input_suffix,
    });
    return {body: completion, files: input_extra};
  },
  answer: (completion) => final(completion, completion.choices[0]?.text ?? ""),
  event(completion) {
    const [choice] = completion.choices;
    if (!choice) return undefined;
    const content = choice.text ?? "";
    if (choice.finish_reason) return final(completion, content);
    return {index: 0, content, tokens: [], stop: false, id_slot: -1};
  },
  last: (finished) => (finished ? "" : eventOf(final({choices: []}, ""))),
  error: ({status, type, message}) => ({error: {code: status, message, type}}),
  empty: {choices: [{index: 0, text: "", finish_reason: "length"}]},
};

function gapOf(body: Body): z.output<typeof gap> {
  const given = membersOf(body, Object.keys(gap.shape));
  const {data} = gap.safeParse(given);
  if (!data) throw new ProxyError("PARAMETER_UNFIT", {message: GAP_UNFIT});
  return data;
}

/** What llama-server says last, or of an answer in one piece (tools/server/server-task.cpp, to_json_non_oaicompat). */
function final({model, choices, usage}: Completion, content: string) {
  return {
    index: 0,
    content,
    tokens: [],
    id_slot: -1,
    stop: true,
    model,
    tokens_predicted: usage?.completion_tokens,
    tokens_evaluated: usage?.prompt_tokens,
    truncated: false,
    stop_type: choices[0]?.finish_reason === "length" ? "limit" : "eos",
    stopping_word: "",
  };
}
