import * as network from "@pulumi/azure-native/network/index.js";
import {type Input, type Output, output, type Resource} from "@pulumi/pulumi";
import {entranceAddress} from "../../regions/addresses.ts";
import {publicLabel, publicName} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {nameOf, parseArmId} from "../azure/arm-id.ts";
import {grant} from "../azure/grant.ts";
import {userAnnotations} from "../azure/users.ts";
import {zonesOf} from "../azure/zones.ts";
import type {Component} from "../component.ts";
import type {Ground} from "./workload-identity.ts";

export interface EntranceArgs {
  readonly world: World;
  readonly ground: Ground;
  /** Of an internal entrance; undefined where it is public. */
  readonly subnetId: Output<string> | undefined;
}

/** Where editors come in to a region. */
export interface Entrance {
  /** The region's DNS name. */
  readonly name: Output<string>;
  readonly address: Output<string>;
  /** What the Service of the edge is told of it. */
  readonly annotations: Readonly<Record<string, Input<string>>>;
  /** What lets the cluster use it. */
  readonly usable: Resource;
}

/** Azure's maximum: users may pause for many minutes before they type again. */
const IDLE_MINUTES = 30;

/** https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/ */
const ANNOTATION = "service.beta.kubernetes.io/azure";

export function createEntrance(args: EntranceArgs, parent: Component): Entrance {
  const {subnetId} = args;
  const entrance = subnetId ? inside(args, subnetId, parent) : ofInternet(args, parent);
  const idle = {[`${ANNOTATION}-load-balancer-tcp-idle-timeout`]: `${IDLE_MINUTES}`};
  const annotations = {...entrance.annotations, ...idle, ...userAnnotations(args.ground.region)};
  return {...entrance, annotations};
}

function ofInternet(args: EntranceArgs, parent: Component): Entrance {
  const address = createAddress(args, parent);
  return {
    name: address.dnsSettings.apply((settings) => settings?.fqdn ?? ""),
    address: address.ipAddress.apply((ip) => ip ?? ""),
    annotations: {
      [`${ANNOTATION}-pip-name`]: nameOf(address),
      [`${ANNOTATION}-load-balancer-resource-group`]: args.ground.where.resourceGroupName,
    },
    usable: grantUse("address", args, address.id, parent),
  };
}

/** A load balancer without a public address. AKS looks for its subnet in the nodes' network, by name. */
function inside(args: EntranceArgs, subnetId: Output<string>, parent: Component): Entrance {
  const {world, ground} = args;
  const address = entranceAddress(ground.region);
  return {
    name: output(publicName(world, ground.region)),
    address: output(address),
    annotations: {
      [`${ANNOTATION}-load-balancer-internal`]: "true",
      [`${ANNOTATION}-load-balancer-internal-subnet`]: subnetId.apply((id) => parseArmId(id).name),
      [`${ANNOTATION}-load-balancer-ipv4`]: address,
    },
    usable: grantUse("entrance", args, subnetId, parent),
  };
}

function createAddress({world, ground: {region, where}}: EntranceArgs, parent: Component) {
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

/** Lets the cluster use the address, or the subnet, and no other: https://learn.microsoft.com/azure/aks/static-ip */
function grantUse(
  name: string,
  {ground: {region, cluster}}: EntranceArgs,
  on: Output<string>,
  parent: Component,
) {
  const scope = `${region.name}/cluster`;
  const to = cluster.principalId;
  return grant(name, {role: "Network Contributor", to, on, scope}, {parent});
}
