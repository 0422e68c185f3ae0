import {type ClientCertificates, clientFilesCluster} from "./client-certificates.ts";
import {type HostPort, issuerCluster, proxyCluster} from "./clusters.ts";
import {internalListeners, regionCluster, regionListener} from "./goaway-when-out.ts";
import {anywhere, type Json, TYPES} from "./json.ts";
import {type EdgeLimits, edgeLimits} from "./limits.ts";
import {listener} from "./listener.ts";
import {adminCluster, preStopListener} from "./pre-stop.ts";

/** https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/bootstrap/v3/bootstrap.proto */
export interface EdgeConfig {
  readonly node: {readonly id: string; readonly cluster: string};
  readonly admin: Json;
  readonly layered_runtime: Json;
  readonly bootstrap_extensions: readonly Json[];
  readonly overload_manager: Json;
  readonly static_resources: {
    readonly listeners: readonly Json[];
    readonly clusters: readonly Json[];
  };
}

export interface EdgeOptions {
  readonly region: string;
  /** The ports of HTTPS, the admin interface and the preStop hook. */
  readonly ports: {readonly https: number; readonly admin: number; readonly stop: number};
  /** Headless Services: their names resolve to the addresses of all pods. */
  readonly proxy: HostPort;
  readonly issuer: HostPort;
  /** The region's health page fails when a smaller percentage of its proxies is healthy. */
  readonly healthyPercent: number;
  /** What clients have to show beside a token; nothing if not given. */
  readonly clientCertificates?: ClientCertificates | undefined;
  /** Override the defaults. */
  readonly limits?: Partial<EdgeLimits>;
}

/**
 * A region's Envoy: ends TLS, keeps users' connections while proxies come and go, sends a stream to
 * the proxy with the fewest, believes each proxy's vote, and answers `/healthz` for the region.
 */
export function edgeConfig(options: EdgeOptions): EdgeConfig {
  const {region, ports, proxy, issuer, healthyPercent, clientCertificates} = options;
  const limits = {...edgeLimits, ...options.limits};
  return {
    node: {id: `edge-${region}`, cluster: "edge"},
    admin: {address: anywhere(ports.admin)},
    layered_runtime: {layers: [{name: "static", static_layer: typing}]},
    bootstrap_extensions: [internalListeners],
    overload_manager: overload(limits.connections),
    static_resources: {
      listeners: [
        listener({port: ports.https, healthyPercent, limits, clientCertificates}),
        regionListener(healthyPercent),
        preStopListener(ports.stop, limits.stopS),
      ],
      clusters: [
        proxyCluster(proxy, limits.voteS),
        issuerCluster(issuer),
        regionCluster,
        adminCluster(ports.admin),
        ...(clientCertificates ? [clientFilesCluster(clientCertificates)] : []),
      ],
    },
  };
}

/** Pods are never restarted in place, so hot restart is off. Draining spreads GOAWAYs over 20 s. */
export const edgeArgs = [
  ...["--log-level", "warn", "--disable-hot-restart"],
  ...["--drain-time-s", "20", "--drain-strategy", "gradual"],
];

/** Envoy watches the certificate, so that renewing it closes no connection. One PEM file holds chain and key. */
export function edgeCertificate(): {readonly resources: readonly Json[]} {
  const file = {filename: "secrets/tls.pem"};
  return {
    resources: [
      {
        "@type": `${TYPES}.transport_sockets.tls.v3.Secret`,
        name: "edge",
        tls_certificate: {
          certificate_chain: file,
          private_key: file,
          watched_directory: {path: "secrets"},
        },
      },
    ],
  };
}

/**
 * Half of all completions are cancelled, which Envoy's guard against rapid resets (CVE-2023-44487) takes for
 * an attack. This turns the guard off; the request rate limit of each connection replaces it.
 */
const typing = {
  "overload.premature_reset_total_stream_count": 4_000_000_000,
  "envoy.reloadable_features.http2_use_oghttp2": true,
};

/** Limits client connections; each costs about 50 KB. */
const overload = (connections: number): Json => ({
  resource_monitors: [
    {
      name: "envoy.resource_monitors.global_downstream_max_connections",
      typed_config: {
        "@type": `${TYPES}.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig`,
        max_active_downstream_connections: connections,
      },
    },
  ],
});
