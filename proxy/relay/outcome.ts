/** Where a request was when its client left it. */
export type Phase = "body" | "preflight" | "waiting" | "streaming" | "done";

/** How a request ended. */
export type Outcome = "success" | "cancelled" | "client_error" | "error" | "truncated";
