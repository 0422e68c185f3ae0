import type {ChatParameters} from "../policy.ts";
import type {Body} from "../rewrite/body.ts";

/** The names that a limit of tokens has. */
export const LIMITS: readonly string[] = ["max_tokens", "max_completion_tokens"];

/** A chat that asks for the least thinking that the model takes, where it does not say how much. */
export function hurried(chat: Body, {effort}: ChatParameters): Body {
  if (effort === undefined || chat.get("reasoning_effort") != null) return chat;
  const asked = chat.fork();
  asked.set("reasoning_effort", effort);
  return asked;
}

/** A chat without what the model refuses, its limit by the name that the model takes; itself where it fits. */
export function fitted(chat: Body, {limit, refuses = []}: ChatParameters): Body {
  const unfit = refuses.filter((name) => chat.has(name));
  const misnamed = LIMITS.filter((name) => limit !== undefined && name !== limit && chat.has(name));
  if (unfit.length === 0 && misnamed.length === 0) return chat;
  const fit = chat.fork();
  for (const name of misnamed) {
    if (!fit.has(limit!)) fit.set(limit!, fit.open(name));
    fit.remove(name);
  }
  for (const name of unfit) fit.remove(name);
  return fit;
}
