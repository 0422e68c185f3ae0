/** Any part of Envoy's configuration, as protobuf JSON. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | {readonly [key: string]: Json};

/** The prefix of extension type URLs. */
export const TYPES = "type.googleapis.com/envoy.extensions";

/** Load balancers drop idle connections without telling either end. */
export const keepalive = {interval: "60s", timeout: "10s"};

export const anywhere = (port: number): Json => ({
  socket_address: {address: "0.0.0.0", port_value: port},
});

/** A duration in protobuf JSON. */
export const seconds = (value: number): string => `${value}s`;
