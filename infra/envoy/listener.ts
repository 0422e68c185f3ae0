import {anywhere, type Json, keepalive, TYPES} from "./json.ts";

/** Where Envoy finds its files, relative to its working directory: any folder can be a pod's. */
export const edgeFiles = {config: "config/envoy.json", certificate: "config/tls.json"} as const;

/** What the issuer answers; everything else is the proxy's. */
const issuerRoutes: readonly {readonly [key: string]: string}[] = [
  {prefix: "/copilot_internal/"},
  {path: "/models"},
  {path: "/v1/models"},
  {path: "/jwks"},
];

/** Ends TLS and sends each request where it belongs. `healthyPercent` is of the region's own health page. */
export const listener = (port: number, healthyPercent: number): Json => ({
  name: "https",
  address: anywhere(port),
  // Advised for edges: a slow reader holds this much and no more.
  per_connection_buffer_limit_bytes: 256 * 1024,
  filter_chains: [{transport_socket: tls, filters: [connectionManager(healthyPercent)]}],
});

const tls = {
  name: "envoy.transport_sockets.tls",
  typed_config: {
    "@type": `${TYPES}.transport_sockets.tls.v3.DownstreamTlsContext`,
    common_tls_context: {
      alpn_protocols: ["h2", "http/1.1"],
      tls_params: {tls_minimum_protocol_version: "TLSv1_2"},
      tls_certificate_sds_secret_configs: [
        {
          name: "edge",
          sds_config: {
            path_config_source: {path: edgeFiles.certificate},
            resource_api_version: "V3",
          },
        },
      ],
    },
  },
};

const connectionManager = (healthyPercent: number): Json => ({
  name: "envoy.filters.network.http_connection_manager",
  typed_config: {
    "@type": `${TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "edge",
    use_remote_address: true,
    preserve_external_request_id: true,
    server_header_transformation: "PASS_THROUGH",
    normalize_path: true,
    // A completion that is silent for this long is lost.
    stream_idle_timeout: "120s",
    request_headers_timeout: "10s",
    // Under the public address's own 30 minutes.
    common_http_protocol_options: {
      idle_timeout: "1500s",
      headers_with_underscores_action: "REJECT_REQUEST",
    },
    http2_protocol_options: {
      max_concurrent_streams: 250,
      connection_keepalive: keepalive,
    },
    access_log: [failures],
    route_config: {virtual_hosts: [{name: "all", domains: ["*"], routes: routes()}]},
    http_filters: [requestLimit, healthPage(healthyPercent), router],
  },
});

const failures = {
  name: "envoy.access_loggers.stdout",
  filter: {
    status_code_filter: {
      comparison: {op: "GE", value: {default_value: 500, runtime_key: "edge.log_from_status"}},
    },
  },
  typed_config: {
    "@type": `${TYPES}.access_loggers.stream.v3.StdoutAccessLog`,
    log_format: {
      json_format: {
        time: "%START_TIME%",
        requestId: "%REQ(X-REQUEST-ID)%",
        path: "%PATH(NQ)%",
        status: "%RESPONSE_CODE%",
        flags: "%RESPONSE_FLAGS%",
        detail: "%RESPONSE_CODE_DETAILS%",
        upstream: "%UPSTREAM_HOST%",
        milliseconds: "%DURATION%",
      },
    },
  },
};

const routes = (): Json[] => [
  ...issuerRoutes.map((match): Json => ({match, route: {cluster: "issuer", timeout: "15s"}})),
  {match: {prefix: "/"}, route: {cluster: "proxy", timeout: "0s", retry_policy: retry}},
];

/** Only what no proxy has begun: a completion is never asked for twice. */
const retry = {
  retry_on: "connect-failure,refused-stream,reset-before-request",
  num_retries: 2,
  retry_host_predicate: [
    {
      name: "envoy.retry_host_predicates.previous_hosts",
      typed_config: {
        "@type": `${TYPES}.retry.host.previous_hosts.v3.PreviousHostsPredicate`,
      },
    },
  ],
  host_selection_retry_max_attempts: 3,
};

/** Of one connection: hundreds of times what an editor asks for, a hundredth of what an attack does. */
const requestLimit = {
  name: "envoy.filters.http.local_ratelimit",
  typed_config: {
    "@type": `${TYPES}.filters.http.local_ratelimit.v3.LocalRateLimit`,
    stat_prefix: "connection",
    local_rate_limit_per_downstream_connection: true,
    token_bucket: {max_tokens: 10_000, tokens_per_fill: 1_000, fill_interval: "1s"},
    filter_enabled: {default_value: {numerator: 100}},
    filter_enforced: {default_value: {numerator: 100}},
  },
};

const healthPage = (percent: number) => ({
  name: "envoy.filters.http.health_check",
  typed_config: {
    "@type": `${TYPES}.filters.http.health_check.v3.HealthCheck`,
    pass_through_mode: false,
    headers: [{name: ":path", string_match: {exact: "/healthz"}}],
    cluster_min_healthy_percentages: {proxy: {value: percent}},
  },
});

const router = {
  name: "envoy.filters.http.router",
  typed_config: {"@type": `${TYPES}.filters.http.router.v3.Router`},
};
