/** Any part of Envoy's configuration: its protobuf messages in their JSON form. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | {readonly [key: string]: Json};

/** Where the names of the types of its extensions begin. */
export const TYPES = "type.googleapis.com/envoy.extensions";

/** Balancers forget silent connections without telling either end. */
export const keepalive = {interval: "60s", timeout: "10s"};

export const anywhere = (port: number): Json => ({
  socket_address: {address: "0.0.0.0", port_value: port},
});

/** As protobuf's JSON writes a duration. */
export const seconds = (value: number): string => `${value}s`;
