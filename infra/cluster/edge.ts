import * as network from "@pulumi/azure-native/network/index.js";
import {Service} from "@pulumi/kubernetes/core/v1/service.js";
import type {ComponentResourceOptions, Output, Resource} from "@pulumi/pulumi";
import {publicLabel} from "../../regions/names.ts";
import type {Region, World} from "../../regions/world.ts";
import {nameOf} from "../azure/arm-id.ts";
import {zonesOf} from "../azure/zones.ts";
import {Component} from "../component.ts";
import {edgeArgs, edgeCertificate, edgeConfig} from "../envoy/config.ts";
import {HEALTHY_PERCENT} from "../envoy/limits.ts";
import {edgeFiles} from "../envoy/listener.ts";
import {issuerPorts} from "./issuer.ts";
import {toWorkload} from "./network-rules.ts";
import {cpuOf, labelsOf, type Pod, selectorOf} from "./pod.ts";
import {proxyPorts} from "./proxy.ts";
import {hostOf, Workload} from "./workload.ts";
import type {Ground} from "./workload-identity.ts";

export interface EdgeArgs {
  readonly world: World;
  readonly ground: Ground;
}

const IMAGE = "envoyproxy/envoy:distroless-v1.40.0";
const ports = {https: 8443, admin: 9901, stop: 9902};
/** Azure's maximum: users may pause for many minutes before they type again. */
const IDLE_MINUTES = 30;

/** A region's edge: its public address, and Envoy behind it. */
export class Edge extends Component {
  /** The region's public DNS name, which the plan's records point to. */
  readonly publicName: Output<string>;
  readonly address: Output<string>;

  constructor(name: string, args: EdgeArgs, options?: ComponentResourceOptions) {
    super("Edge", name, options);
    const address = createAddress(args, this);
    const workload = createWorkload(args, this);
    createService(args, address, {parent: this, dependsOn: [workload]});
    this.publicName = address.dnsSettings.apply((settings) => settings?.fqdn ?? "");
    this.address = address.ipAddress.apply((ip) => ip ?? "");
    this.registerOutputs({publicName: this.publicName, address: this.address});
  }
}

function createAddress({world, ground: {region, where}}: EdgeArgs, parent: Edge) {
  return new network.PublicIPAddress(
    "address",
    {
      ...where,
      publicIpAddressName: "edge",
      sku: {name: "Standard"},
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
      dnsSettings: {domainNameLabel: publicLabel(world, region)},
      idleTimeoutInMinutes: IDLE_MINUTES,
      zones: zonesOf(region),
    },
    {parent},
  );
}

function createWorkload({ground}: EdgeArgs, parent: Edge) {
  return new Workload(
    "edge",
    {
      ground,
      pod: edgePod(ground.region),
      replicas: ground.region.edges,
      serves: {port: "https"},
      egress: [toWorkload("proxy", proxyPorts.http), toWorkload("issuer", issuerPorts.http)],
      metrics: {port: "admin", path: "/stats/prometheus"},
    },
    {parent},
  );
}

function edgePod({name, certificate, cores}: Region): Pod {
  return {
    image: IMAGE,
    workingDir: "/etc/envoy",
    command: ["envoy"],
    args: ["-c", edgeFiles.config, ...edgeArgs],
    ports,
    files: {name: "edge", folder: "config", data: configFiles(name), rolls: true},
    secrets: {"tls.pem": certificate.name},
    probe: {port: "admin", ready: "/ready", live: "/server_info"},
    cpu: cpuOf(cores),
    memory: "1Gi",
    // Envoy exits at once on SIGTERM, so it drains in the hook.
    preStop: {httpGet: {port: "stop", path: "/stop"}},
    graceS: 60,
  };
}

function configFiles(region: string) {
  const config = edgeConfig({
    region,
    ports,
    proxy: {host: hostOf("proxy"), port: proxyPorts.http},
    issuer: {host: hostOf("issuer"), port: issuerPorts.http},
    healthyPercent: HEALTHY_PERCENT,
  });
  return {
    "envoy.json": JSON.stringify(config, null, 2),
    "tls.json": JSON.stringify(edgeCertificate(), null, 2),
  };
}

/** https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/ */
function createService(
  {ground: {cluster, where}}: EdgeArgs,
  address: network.PublicIPAddress,
  options: {parent: Edge; dependsOn: Resource[]},
) {
  const annotation = "service.beta.kubernetes.io/azure";
  return new Service(
    "edge",
    {
      metadata: {
        name: "edge",
        namespace: cluster.namespace,
        labels: labelsOf("edge"),
        annotations: {
          [`${annotation}-pip-name`]: nameOf(address),
          [`${annotation}-load-balancer-resource-group`]: where.resourceGroupName,
          [`${annotation}-load-balancer-tcp-idle-timeout`]: `${IDLE_MINUTES}`,
        },
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
