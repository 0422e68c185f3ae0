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
