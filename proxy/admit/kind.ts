import type {Fields} from "../http2/fields.ts";
import type {ObjectiveName} from "../policy.ts";

/**
 * What a request is, decided once by its path and headers. `next_edit`: a change elsewhere than at the cursor.
 * `ahead`: an editor's guess at what may be asked for next; nobody waits for it.
 */
export type Kind = "completion" | "chat" | "next_edit" | "ahead";

/**
 * How soon each is wanted (RFC 9218, 4.1): 0 to 7, less is sooner, 3 is what nobody says. At a keystroke somebody is
 * waiting for a text that the next one may end; of a mirror's copy nobody reads anything.
 */
export const URGENCY: Readonly<Record<Kind | "mirror", number>> = {
  completion: 1,
  next_edit: 2,
  chat: 3,
  ahead: 5,
  mirror: 7,
};

/** The `priority` field that a host is told; `i` where each piece of the answer is of use by itself. */
export const priorityOf = (kind: Kind | "mirror", streamed: boolean): string =>
  `u=${URGENCY[kind]}${streamed ? ", i" : ""}`;

/** Without a version for next edits, as editors ask for them. */
export const NEXT_EDITS_PATH = "/chat/completions";
export const CHATS_PATH = "/v1/chat/completions";

/** `path` without its query. */
export function kindOf(path: string, {"x-copilot-speculative": ahead}: Fields): Kind {
  if (typeof ahead === "string" && /^true$/i.test(ahead)) return "ahead";
  if (path === NEXT_EDITS_PATH) return "next_edit";
  return path === CHATS_PATH ? "chat" : "completion";
}

/** Which of a model's objectives such a request is held to. */
export const objectiveNameOf = (kind: Kind): ObjectiveName =>
  kind === "next_edit" ? "next_edits" : "model";
