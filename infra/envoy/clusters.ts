import {type Json, keepalive, seconds, TYPES} from "./json.ts";

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Sends each stream to the proxy with the fewest, and heeds each proxy's vote. */
export const proxyCluster = (target: HostPort, voteS: number): Json => ({
  ...cluster("proxy", target, {
    http2_protocol_options: {connection_keepalive: keepalive, ...manyResets},
  }),
  lb_policy: "LEAST_REQUEST",
  // By default Envoy delays host changes by a second, in which all retries may go to a proxy that is gone.
  common_lb_config: {healthy_panic_threshold: {value: 10}, update_merge_window: "0s"},
  health_checks: [vote(voteS)],
});

/**
 * When one client cancels many streams, Envoy resets as many towards the proxy. Its default bounds on queued
 * frames (1,000 control frames, 10,000 in all) would close the connection that all clients share.
 */
const manyResets = {max_outbound_control_frames: 200_000, max_outbound_frames: 500_000};

export const issuerCluster = (target: HostPort): Json =>
  cluster("issuer", target, {http_protocol_options: {}});

/** A cluster whose name resolves to the addresses of its pods; resolved often, as pods come and go. */
const cluster = (name: string, {host, port}: HostPort, protocol: Json) => ({
  name,
  cluster_type: {
    name: "envoy.clusters.dns",
    typed_config: {
      "@type": `${TYPES}.clusters.dns.v3.DnsCluster`,
      dns_lookup_family: "V4_ONLY",
      dns_refresh_rate: "2s",
    },
  },
  connect_timeout: "1s",
  circuit_breakers: {thresholds: [plenty]},
  typed_extension_protocol_options: {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
      "@type": `${TYPES}.upstreams.http.v3.HttpProtocolOptions`,
      explicit_http_config: protocol,
    },
  },
  load_assignment: {
    cluster_name: name,
    endpoints: [
      {
        lb_endpoints: [{endpoint: {address: {socket_address: {address: host, port_value: port}}}}],
      },
    ],
  },
});

/** Envoy's default limits (1,024 of each) are too low for one region's traffic. */
const plenty = {
  max_connections: 20_000,
  max_pending_requests: 100_000,
  max_requests: 100_000,
  retry_budget: {budget_percent: {value: 20}, min_retry_concurrency: 10},
};

/** A status other than 200 takes the proxy out at once. The thresholds only apply to timeouts and lost connections. */
const vote = (everyS: number): Json => ({
  timeout: "1s",
  interval: seconds(everyS),
  no_traffic_interval: seconds(everyS),
  unhealthy_threshold: 2,
  healthy_threshold: 1,
  http_health_check: {path: "/healthz", host: "proxy", codec_client_type: "HTTP2"},
});
