/** What stands between generator and model host, and is measured unless told otherwise. */
export const MAIN = ["direct", "haproxy", "envoy", "proxy", "edge"] as const;

/** Gateways to models, which are installed and measured when they are asked for by name. They speak HTTP/1.1. */
export const GATEWAYS = ["litellm", "vllm-router", "sglang-router", "portkey"] as const;
export type Gateway = (typeof GATEWAYS)[number];

export const ROWS = [...MAIN, ...GATEWAYS] as const;
export type Row = (typeof ROWS)[number];

export const isGateway = (row: Row): row is Gateway =>
  (GATEWAYS as readonly string[]).includes(row);
