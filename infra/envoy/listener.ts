import {type ClientCertificates, certified, certifiedTls} from "./client-certificates.ts";
import {FIRST_CERTIFICATE_CHECK, outWithFirstCertificate} from "./first-certificate.ts";
import {GOAWAY_WHEN_OUT, goawayWhenOut, looksPercent} from "./goaway-when-out.ts";
import {enabled, healthPage, httpFilter, router} from "./http.ts";
import {anywhere, type Json, keepalive, seconds, TYPES} from "./json.ts";
import type {EdgeLimits} from "./limits.ts";
import {perAddress, requestLimit, TOKEN_LIMIT, tokenLimit} from "./rates.ts";
import {localReplies} from "./replies.ts";

/** Envoy's files, relative to its working directory, so that it runs from any folder. */
export const edgeFiles = {config: "config/envoy.json", certificate: "config/tls.json"} as const;

/** Paths that go to the issuer; everything else goes to the proxies. */
const issuerRoutes: readonly {readonly [key: string]: string}[] = [
  {prefix: "/copilot_internal/"},
  {path: "/jwks"},
];

export interface ListenerOptions {
  readonly port: number;
  /** The threshold of the region's health page. */
  readonly healthyPercent: number;
  readonly limits: EdgeLimits;
  readonly clientCertificates: ClientCertificates | undefined;
}

/** Terminates TLS and routes requests. */
export const listener = (options: ListenerOptions): Json => ({
  name: "https",
  address: anywhere(options.port),
  // Envoy's recommendation for edges: a slow reader takes up no more memory than this.
  per_connection_buffer_limit_bytes: 256 * 1024,
  filter_chains: [
    {
      transport_socket: tls(options.clientCertificates),
      transport_socket_connect_timeout: seconds(options.limits.handshakeS),
      filters: [connectionManager(options)],
    },
  ],
});

function tls(clientCertificates: ClientCertificates | undefined): Json {
  const {validation, asking} = clientCertificates ? certifiedTls(clientCertificates) : {};
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": `${TYPES}.transport_sockets.tls.v3.DownstreamTlsContext`,
      common_tls_context: {
        alpn_protocols: ["h2", "http/1.1"],
        tls_params: {tls_minimum_protocol_version: "TLSv1_2"},
        tls_certificate_sds_secret_configs: [certificate],
        ...validation,
      },
      ...asking,
    },
  };
}

const certificate = {
  name: "edge",
  sds_config: {
    path_config_source: {path: edgeFiles.certificate},
    resource_api_version: "V3",
  },
};

const connectionManager = ({healthyPercent, limits, clientCertificates}: ListenerOptions): Json =>
  httpFilter("edge", {
    use_remote_address: true,
    preserve_external_request_id: true,
    server_header_transformation: "PASS_THROUGH",
    normalize_path: true,
    merge_slashes: true,
    stream_idle_timeout: seconds(limits.silenceS),
    request_headers_timeout: seconds(limits.headersS),
    request_timeout: seconds(limits.requestS),
    drain_timeout: seconds(limits.drainS),
    max_request_headers_kb: limits.headers.kilobytes,
    common_http_protocol_options: {
      idle_timeout: seconds(limits.idleS),
      max_connection_duration: seconds(limits.ageS),
      max_connection_duration_jitter: {value: limits.ageJitterPercent},
      max_headers_count: limits.headers.count,
      // Rejecting the request would reset the stream, which hangs editors.
      headers_with_underscores_action: "DROP_HEADER",
    },
    http2_protocol_options: {
      max_concurrent_streams: limits.streams,
      connection_keepalive: keepalive,
      ...windows,
    },
    local_reply_config: localReplies({certified: clientCertificates !== undefined}),
    access_log: [failures],
    // A client's own wish may not put it before others: a proxy has all of them on one connection (RFC 9218, 13.1).
    route_config: {
      request_headers_to_remove: ["priority"],
      virtual_hosts: [{name: "all", domains: ["*"], routes: routes(limits)}],
    },
    http_filters: [
      requestLimit(limits.requests),
      tokenLimit,
      ...(clientCertificates ? [certified] : []),
      outWithFirstCertificate,
      healthPage(healthyPercent),
      goawayWhenOut(limits),
      router,
    ],
  });

/** How many bytes a client may send before a proxy reads any: Envoy's recommendation for edges. */
const windows = {initial_stream_window_size: 64 << 10, initial_connection_window_size: 1 << 20};

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

/** HTTP/2 allows an empty :authority, which the proxies' HTTP/2 rejects as malformed (RFC 9113, 8.3.1). */
const nameless: Json = {
  match: {
    prefix: "/",
    headers: [{name: ":authority", string_match: {exact: ""}, treat_missing_header_as_empty: true}],
  },
  direct_response: {status: 400},
};

/** Retries only what no proxy has started on, so that no completion is requested twice. */
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

const toProxies = {route: {cluster: "proxy", timeout: "0s", retry_policy: retry}};

const routes = (limits: EdgeLimits): Json[] => [
  {
    match: {path: "/healthz"},
    ...toProxies,
    typed_per_filter_config: enabled(FIRST_CERTIFICATE_CHECK),
  },
  nameless,
  ...issuerRoutes.map(
    (match): Json => ({
      match,
      route: {cluster: "issuer", timeout: "15s"},
      ...(match.prefix && {typed_per_filter_config: {[TOKEN_LIMIT]: perAddress(limits.tokens)}}),
    }),
  ),
  {
    match: {prefix: "/", runtime_fraction: {default_value: {numerator: looksPercent(limits)}}},
    ...toProxies,
    typed_per_filter_config: enabled(GOAWAY_WHEN_OUT),
  },
  {match: {prefix: "/"}, ...toProxies},
];
