import type {ChatParameters} from "../../policy.ts";
import type {Body} from "../../rewrite/body.ts";
import {saidByOpenAi} from "../answer.ts";
import {boundsOf, checkEcho, DEFAULT_MAX_TOKENS, limitOf} from "../bounds.ts";
import {withSnippets} from "../files.ts";
import {fitted} from "../parameters.ts";
import type {HostDialect} from "./host-dialect.ts";
import {codeFilter, gapIn, INSTRUCTION} from "./instruction.ts";

/** Of models that only chat. */
export const chat: HostDialect = {
  ask: (body, {asking: {parameters}, files}) => {
    const shown = withSnippets(body, files);
    return {
      api: "chat/completions",
      body: toChat(shown, parameters),
      newFilter: codeFilter(shown),
      ...(parameters.refuses?.includes("n") && {choices: 1}),
    };
  },
  newReader: () => saidByOpenAi,
  whole: saidByOpenAi,
};

/**
 * The chat that asks for a completion, with no more than the model takes. Throws PARAMETER_UNFIT for what a
 * chat cannot do.
 */
export function toChat(body: Body, parameters: ChatParameters): Body {
  checkEcho(body);
  const {prompt, stop} = boundsOf(body);
  const chat = body.fork();
  for (const name of COMPLETIONS_ALONE) chat.remove(name);
  chat.set("messages", [
    {role: "system", content: INSTRUCTION},
    {role: "user", content: gapIn(prompt, body)},
  ]);
  if (limitOf(body.get("max_tokens")) === undefined) chat.set("max_tokens", DEFAULT_MAX_TOKENS);
  const sent = sentStops(stop);
  if (sent.length > 0) chat.set("stop", sent);
  if (parameters.effort !== undefined) chat.set("reasoning_effort", parameters.effort);
  return fitted(chat, parameters);
}

/** A fence that is taken off would meet the others: they are looked for here alone, as all are. */
const sentStops = (stop: readonly string[]) =>
  stop.filter((text) => /[^\s`]/.test(text)).slice(0, MAX_SENT_STOPS);

/** OpenAI's limit: https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop */
const MAX_SENT_STOPS = 4;

/** Parameters that a chat does not have, or has otherwise. */
const COMPLETIONS_ALONE = ["prompt", "suffix", "echo", "best_of", "logprobs", "stop"];
