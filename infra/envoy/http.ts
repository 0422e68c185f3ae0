import {type Json, TYPES} from "./json.ts";

/** The HTTP connection manager; its statistics are prefixed with `name`. */
export const httpFilter = (name: string, settings: {readonly [key: string]: Json}): Json => ({
  name: "envoy.filters.network.http_connection_manager",
  typed_config: {
    "@type": `${TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: name,
    ...settings,
  },
});

/** Answers `/healthz` for the region: 503 when less than `percent` of its proxies are healthy. */
export const healthPage = (percent: number): Json => ({
  name: "envoy.filters.http.health_check",
  typed_config: {
    "@type": `${TYPES}.filters.http.health_check.v3.HealthCheck`,
    pass_through_mode: false,
    headers: [{name: ":path", string_match: {exact: "/healthz"}}],
    cluster_min_healthy_percentages: {proxy: {value: percent}},
  },
});

/** It costs each request as much as TLS does: where not all are concerned, see `onRoute`. */
export const lua = (name: string, program: string) => ({
  name,
  typed_config: {
    "@type": `${TYPES}.filters.http.lua.v3.Lua`,
    default_source_code: {inline_string: program},
  },
});

/** A filter that only the routes run that enable it. */
export const onRoute = (filter: {readonly name: string; readonly [key: string]: Json}): Json => ({
  ...filter,
  disabled: true,
});

/** Enables a filter on a route; see HttpFilter.disabled in Envoy's API. */
export const enabled = (name: string): Json => ({
  [name]: {"@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", config: {}},
});

export const router: Json = {
  name: "envoy.filters.http.router",
  typed_config: {
    "@type": `${TYPES}.filters.http.router.v3.Router`,
    // Neither clients nor proxies read Envoy's headers.
    suppress_envoy_headers: true,
  },
};
