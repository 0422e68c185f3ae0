import {basename} from "node:path";
import {Service} from "@pulumi/kubernetes/core/v1/service.js";
import type {ComponentResourceOptions, Input, Output, Resource} from "@pulumi/pulumi";
import type {Region, World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {clientFiles} from "../envoy/client-certificates.ts";
import {edgeArgs, edgeCertificate, edgeConfig} from "../envoy/config.ts";
import {HEALTHY_PERCENT} from "../envoy/limits.ts";
import {edgeFiles} from "../envoy/listener.ts";
import {createEntrance, type Entrance} from "./entrance.ts";
import {issuerPorts} from "./issuer.ts";
import {toWorkload} from "./network-rules.ts";
import {cpuOf, labelsOf, type Pod, selectorOf} from "./pod.ts";
import {proxyPorts} from "./proxy.ts";
import {hostOf, Workload} from "./workload.ts";
import type {Ground} from "./workload-identity.ts";

export interface EdgeArgs {
  readonly world: World;
  readonly ground: Ground;
  readonly image: Input<string>;
  /** Of an internal entrance; undefined where it is public. */
  readonly subnetId: Output<string> | undefined;
}

const ports = {https: 8443, admin: 9901, stop: 9902};

/** A region's edge: its entrance, and Envoy behind it. */
export class Edge extends Component {
  /** The region's DNS name, which the plan's records point to. */
  readonly publicName: Output<string>;
  readonly address: Output<string>;

  constructor(name: string, args: EdgeArgs, options?: ComponentResourceOptions) {
    super("Edge", name, options);
    const entrance = createEntrance(args, this);
    const workload = createWorkload(args, this);
    createService(args, entrance, {parent: this, dependsOn: [workload, entrance.usable]});
    this.publicName = entrance.name;
    this.address = entrance.address;
    this.registerOutputs({publicName: this.publicName, address: this.address});
  }
}

function createWorkload({ground, image}: EdgeArgs, parent: Edge) {
  return new Workload(
    "edge",
    {
      ground,
      pod: edgePod(ground.region, image),
      replicas: ground.region.edges,
      serves: {port: "https"},
      egress: [toWorkload("proxy", proxyPorts.http), toWorkload("issuer", issuerPorts.http)],
      metrics: {port: "admin", path: "/stats/prometheus"},
    },
    {parent},
  );
}

function edgePod(region: Region, image: Input<string>): Pod {
  const {certificate, cores} = region;
  return {
    image,
    workingDir: "/etc/envoy",
    command: ["envoy"],
    args: ["-c", edgeFiles.config, ...edgeArgs],
    ports,
    files: {name: "edge", folder: "config", data: configFiles(region), rolls: true},
    secrets: {"tls.pem": certificate.name},
    probe: {port: "admin", ready: "/ready", live: "/server_info"},
    cpu: cpuOf(cores),
    memory: "1Gi",
    // Envoy exits at once on SIGTERM, so it drains in the hook.
    preStop: {httpGet: {port: "stop", path: "/stop"}},
    graceS: 60,
  };
}

function configFiles({name, edge: {clientCertificates}}: Region) {
  const {authorities, revoked} = clientCertificates ?? {};
  const config = edgeConfig({
    region: name,
    ports,
    proxy: {host: hostOf("proxy"), port: proxyPorts.http},
    issuer: {host: hostOf("issuer"), port: issuerPorts.http},
    healthyPercent: HEALTHY_PERCENT,
    ...(authorities && {clientCertificates: {revoked: revoked !== undefined}}),
  });
  return {
    "envoy.json": JSON.stringify(config, null, 2),
    "tls.json": JSON.stringify(edgeCertificate(), null, 2),
    ...(authorities && {[basename(clientFiles.authorities)]: authorities}),
    ...(revoked && {[basename(clientFiles.revoked)]: revoked}),
  };
}

function createService(
  {ground: {cluster}}: EdgeArgs,
  {annotations}: Entrance,
  options: {parent: Edge; dependsOn: Resource[]},
) {
  return new Service(
    "edge",
    {
      metadata: {
        name: "edge",
        namespace: cluster.namespace,
        labels: labelsOf("edge"),
        annotations,
      },
      spec: {
        type: "LoadBalancer",
        // Keeps the client's address and saves a hop. Only nodes with an edge pod pass the load balancer's probe.
        externalTrafficPolicy: "Local",
        selector: selectorOf("edge"),
        ports: [{name: "https", port: 443, targetPort: ports.https}],
      },
    },
    {...options, provider: cluster.provider},
  );
}
