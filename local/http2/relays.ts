import {httpFilter, router} from "../../infra/envoy/http.ts";
import {type Json, TYPES} from "../../infra/envoy/json.ts";

/** The relays that the proxy is held against and meets, each doing nothing but relay, to cleartext HTTP/2. */
interface Place {
  /** Where it listens. */
  readonly listen: number;
  readonly address?: string;
  /** Of PEM with chain and key, where it takes TLS; otherwise it takes cleartext. */
  readonly certificate?: string | undefined;
  /** The port of what it asks. */
  readonly host: number;
}

const LOOPBACK = "127.0.0.1";

/** HAProxy 2.6: `proto h2` is HTTP/2 by prior knowledge. */
export const haproxyConfig = ({
  listen,
  address = LOOPBACK,
  certificate,
  host,
}: Place): string => `global
  nbthread 1
  no strict-limits
  maxconn 20000
  tune.h2.max-concurrent-streams 1000
defaults
  mode http
  option abortonclose
  timeout connect 1s
  timeout client 120s
  timeout server 120s
frontend bench
  bind ${address}:${listen} ${certificate ? `ssl crt ${certificate} alpn h2` : "proto h2"}
  default_backend host
backend host
  http-reuse always
  server host 127.0.0.1:${host} proto h2 maxconn 20000
`;

/** Envoy with the edge's guards, and nothing else of the edge. */
export const envoyConfig = ({listen, address = LOOPBACK, certificate, host}: Place): Json => ({
  layered_runtime: {
    layers: [
      {
        name: "static",
        static_layer: {
          "overload.premature_reset_total_stream_count": 4_000_000_000,
          "envoy.reloadable_features.http2_use_oghttp2": true,
        },
      },
    ],
  },
  static_resources: {
    listeners: [
      {
        name: "bench",
        address: at(address, listen),
        filter_chains: [{filters: [connections], ...(certificate && tls(certificate))}],
      },
    ],
    clusters: [cluster(host)],
  },
});

const at = (address: string, port: number): Json => ({
  socket_address: {address, port_value: port},
});

const tls = (certificate: string) => ({
  transport_socket: {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": `${TYPES}.transport_sockets.tls.v3.DownstreamTlsContext`,
      common_tls_context: {
        alpn_protocols: ["h2"],
        tls_certificates: [
          {certificate_chain: {filename: certificate}, private_key: {filename: certificate}},
        ],
      },
    },
  },
});

const connections = httpFilter("bench", {
  codec_type: "HTTP2",
  preserve_external_request_id: true,
  use_remote_address: true,
  http2_protocol_options: {max_concurrent_streams: 1000},
  route_config: {
    virtual_hosts: [
      {
        name: "all",
        domains: ["*"],
        routes: [{match: {prefix: "/"}, route: {cluster: "host", timeout: "0s"}}],
      },
    ],
  },
  http_filters: [router],
});

const cluster = (host: number): Json => ({
  name: "host",
  type: "STATIC",
  connect_timeout: "1s",
  circuit_breakers: {
    thresholds: [{max_connections: 20_000, max_pending_requests: 100_000, max_requests: 100_000}],
  },
  typed_extension_protocol_options: {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
      "@type": `${TYPES}.upstreams.http.v3.HttpProtocolOptions`,
      explicit_http_config: {http2_protocol_options: {}},
    },
  },
  load_assignment: {
    cluster_name: "host",
    endpoints: [{lb_endpoints: [{endpoint: {address: at(LOOPBACK, host)}}]}],
  },
});
