import type {Fields} from "../http2/fields.ts";
import type {ObjectiveName} from "../policy.ts";

/**
 * What a request is, decided once by its path and headers. `next_edit`: a change elsewhere than at the cursor.
 * `ahead`: an editor's guess at what may be asked for next; nobody waits for it.
 */
export type Kind = "completion" | "chat" | "next_edit" | "ahead";

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
