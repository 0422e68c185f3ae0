/** What stands between generator and model host, and is measured unless told otherwise. */
export const MAIN = ["direct", "haproxy", "envoy", "proxy", "edge"] as const;

export const ROWS = [...MAIN] as const;
export type Row = (typeof ROWS)[number];
