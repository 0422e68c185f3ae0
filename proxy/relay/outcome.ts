/** Where a request was when its client left it. */
export type Phase = "body" | "preflight" | "waiting" | "streaming" | "done";

/** How a request ended. */
export type Outcome = "success" | "cancelled" | "client_error" | "error" | "truncated";

/**
 * How a call ahead of a person ended. `warmed`: it asked for no token. `limit`: over its user's limit. `room`: no
 * deployment of the region's had room to spare.
 */
export const AHEAD_ENDS = [
  "served",
  "cancelled",
  "warmed",
  "limit",
  "room",
  "failed",
  "refused",
] as const;
export type AheadEnd = (typeof AHEAD_ENDS)[number];

/**
 * What became of a request that was late enough for a second host. `won`: the second answered first. `rescued`: the
 * first failed, and the second went on. `lost`: the first answered first, or neither did. `left`: the client left
 * both. `failed`: the second did. The others were asked of one host alone, as there was no budget, no room or no
 * other host.
 */
export type HedgeOutcome =
  | "won"
  | "rescued"
  | "lost"
  | "left"
  | "failed"
  | "no_budget"
  | "no_room"
  | "no_host";
