import {subnetsOf} from "../../regions/addresses.ts";
import type {Region} from "../../regions/world.ts";
import {PROBES} from "../azure/users.ts";
import {
  byType,
  type Demand,
  type Inputs,
  is,
  none,
  partsOf,
  type ResourcePolicy,
  type Scope,
  textOf,
} from "./policy.ts";

/** Nothing answers the internet but what regions.yaml says. */
export const access: ResourcePolicy = {
  name: "no-public-access",
  why: "Model hosts, vaults, stores and API servers answer the addresses that regions.yaml names, and no others.",
  mend: 'let addresses in by `access`, `edge` and `cluster` of regions.yaml: docs/platform.md, "Who gets in".',
  demandsOf: byType({
    "azure-native:cognitiveservices:Account": [
      is("properties.publicNetworkAccess", "Disabled"),
      is("properties.networkAcls.defaultAction", "Deny"),
      none("properties.networkAcls.ipRules"),
      none("properties.networkAcls.virtualNetworkRules"),
    ],
    "azure-native:keyvault:Vault": [
      is("properties.networkAcls.defaultAction", "Deny"),
      named("properties.networkAcls.ipRules.*.value"),
      none("properties.networkAcls.virtualNetworkRules"),
    ],
    "azure-native:containerregistry:Registry": [is("publicNetworkAccess", "Disabled")],
    "azure-native:storage:StorageAccount": [
      is("publicNetworkAccess", "Disabled"),
      is("allowBlobPublicAccess", false),
    ],
    "azure-native:operationalinsights:Workspace": [
      is("publicNetworkAccessForIngestion", "Disabled"),
      is("publicNetworkAccessForQuery", "Disabled"),
    ],
    "azure-native:monitor:AzureMonitorWorkspace": [is("publicNetworkAccess", "Disabled")],
    "azure-native:monitor:DataCollectionEndpoint": [
      is("networkAcls.publicNetworkAccess", "Disabled"),
    ],
    "azure-native:containerservice:ManagedCluster": [privateOrNot(), ranges()],
    "azure-native:containerservice:AgentPool": [none("enableNodePublicIP")],
    "azure-native:network:NetworkSecurityGroup": [gate()],
    "kubernetes:core/v1:Service": [serviceType(), none("spec.externalIPs")],
  }),
};

const accessOf = ({region}: Scope) => region?.access ?? [];

/** A range that regions.yaml names. */
function named(path: string): Demand {
  return {
    path: path.split("."),
    wants: "one of the addresses of `access`",
    holds: (value, scope) => accessOf(scope).includes(textOf(value)),
  };
}

function privateOrNot(): Demand {
  return {
    path: ["apiServerAccessProfile", "enablePrivateCluster"],
    wants: "true, as regions.yaml says of the cluster",
    holds: (value, {region}) => value === true || !region?.cluster.private,
  };
}

function ranges(): Demand {
  return {
    path: ["apiServerAccessProfile", "authorizedIPRanges"],
    wants: "the addresses of `access`",
    holds(value, scope) {
      const {region} = scope;
      if (!region?.access || region.cluster.private) return value === undefined;
      const given = Array.isArray(value) ? value : [];
      return given.length > 0 && given.every((range) => accessOf(scope).includes(range));
    },
  };
}

/** What a network lets in from outside is HTTPS, and only from where regions.yaml says. */
function gate(): Demand {
  return {
    path: ["securityRules", "*"],
    wants: "TCP to port 443 and, where regions.yaml says `edge.allow`, from those addresses alone",
    holds: (rule, {region}) => isClosed(partsOf(rule)) || isGate(partsOf(rule), region),
  };
}

const isClosed = ({direction, access}: Inputs) => direction !== "Inbound" || access !== "Allow";

function isGate(rule: Inputs, region: Region | undefined): boolean {
  const {protocol, destinationPortRange, destinationPortRanges} = rule;
  if (protocol !== "Tcp" || destinationPortRange !== "443" || destinationPortRanges) return false;
  if (!region?.edge.allow) return true;
  const known = [
    ...region.edge.allow,
    PROBES,
    ...OWN,
    ...Object.values(subnetsOf(region.network.space)),
  ];
  return sourcesOf(rule).every((source) => known.includes(textOf(source)));
}

const sourcesOf = ({sourceAddressPrefix, sourceAddressPrefixes}: Inputs) =>
  [sourceAddressPrefix, sourceAddressPrefixes].flat().filter((source) => source !== undefined);

/** Azure's names for the network itself, and for the probes of its load balancer. */
const OWN = ["VirtualNetwork", "AzureLoadBalancer"];

/** A port of every node would be another entrance. */
function serviceType(): Demand {
  return {
    path: ["spec", "type"],
    wants: '"ClusterIP", "LoadBalancer" or left out',
    holds: (value) => value === undefined || value === "ClusterIP" || value === "LoadBalancer",
  };
}
