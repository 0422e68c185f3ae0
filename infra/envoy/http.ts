import {type Json, TYPES} from "./json.ts";

/** The network filter that speaks HTTP and counts as `name`. */
export const httpFilter = (name: string, settings: {readonly [key: string]: Json}): Json => ({
  name: "envoy.filters.network.http_connection_manager",
  typed_config: {
    "@type": `${TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: name,
    ...settings,
  },
});

/** Answers for the region: 503 when less than `percent` of its proxies stand. */
export const healthPage = (percent: number): Json => ({
  name: "envoy.filters.http.health_check",
  typed_config: {
    "@type": `${TYPES}.filters.http.health_check.v3.HealthCheck`,
    pass_through_mode: false,
    headers: [{name: ":path", string_match: {exact: "/healthz"}}],
    cluster_min_healthy_percentages: {proxy: {value: percent}},
  },
});

export const lua = (program: string): Json => ({
  name: "envoy.filters.http.lua",
  typed_config: {
    "@type": `${TYPES}.filters.http.lua.v3.Lua`,
    default_source_code: {inline_string: program},
  },
});

export const router: Json = {
  name: "envoy.filters.http.router",
  typed_config: {
    "@type": `${TYPES}.filters.http.router.v3.Router`,
    // Clients and proxies read none of Envoy's own headers.
    suppress_envoy_headers: true,
  },
};
