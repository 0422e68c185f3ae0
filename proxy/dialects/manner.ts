import type {Policy} from "../policy.ts";
import type {Family} from "./templates.ts";

/** How a model takes completions: as they are, by chat, or with the signs of its family around the gap. */
export interface Manner {
  readonly chats: boolean;
  readonly template: Family | undefined;
}

export const AS_IT_IS: Manner = {chats: false, template: undefined};

/** What the policy says of a model; one that it does not have takes them as they are. */
export function mannerOf(model: Policy["models"][string] | undefined): Manner {
  return model ? {chats: model.api === "chat", template: model.template} : AS_IT_IS;
}
