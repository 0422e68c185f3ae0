import * as azure from "@pulumi/azure-native/storage/index.js";
import {
  type ComponentResourceOptions,
  interpolate,
  type Output,
  output,
  type Resource,
} from "@pulumi/pulumi";
import type {Region, Replicas, World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {nameOf, parseArmId} from "./arm-id.ts";
import type {Where} from "./group.ts";
import {weightsName} from "./names.ts";
import type {Network} from "./network.ts";
import {createPrivateEndpoint} from "./private-endpoint.ts";
import {zonesOf} from "./zones.ts";

export interface WeightsArgs {
  readonly world: World;
  readonly region: Region;
  readonly where: Where;
  readonly network: Network;
}

/** Where the weights of a model are. */
export interface Store {
  readonly accountName: Output<string>;
  /** The id of the container, on which a role is given. */
  readonly containerId: Output<string>;
}

/**
 * Where a region's servers find what they load: a storage account that is made here, with a container for each that
 * models name, or those that the models name. Each has an address in the network, and none has a public one.
 */
export class Weights extends Component {
  readonly #account: azure.StorageAccount | undefined;

  constructor(name: string, args: WeightsArgs, options?: ComponentResourceOptions) {
    super("Weights", name, options);
    const own = args.region.replicas.filter(({weights}) => weights.storage === undefined);
    this.#account = own.length > 0 ? createAccount(args, this) : undefined;
    if (this.#account) createContainers(args, this.#account, own, this);
    connectOthers(args, this);
    this.registerOutputs();
  }

  /** Where a model's are. */
  storeOf({weights: {storage, container}}: Replicas): Store {
    const id = storage === undefined ? this.#account!.id : output(storage);
    return {
      accountName: id.apply((id) => parseArmId(id).name),
      containerId: interpolate`${id}/blobServices/default/containers/${container}`,
    };
  }
}

function createAccount(args: WeightsArgs, parent: Weights): azure.StorageAccount {
  const {world, region, where, network} = args;
  const account = new azure.StorageAccount(
    "weights",
    {
      ...where,
      accountName: weightsName(world, region),
      kind: "StorageV2",
      sku: {name: zonesOf(region).length > 0 ? "Standard_ZRS" : "Standard_LRS"},
      accessTier: "Hot",
      // Whoever reads signs in at Entra, so keys are off.
      allowSharedKeyAccess: false,
      defaultToOAuthAuthentication: true,
      allowBlobPublicAccess: false,
      allowCrossTenantReplication: false,
      minimumTlsVersion: "TLS1_2",
      enableHttpsTrafficOnly: true,
      publicNetworkAccess: "Disabled",
      networkRuleSet: {defaultAction: "Deny", bypass: "None"},
    },
    // What is in it has been uploaded by hand.
    {parent, protect: true},
  );
  const endpoint = {where, to: "weights", target: account.id} as const;
  const at = {subnetId: network.endpointsSubnetId, zoneId: network.zones.weights!};
  createPrivateEndpoint("weights", {...endpoint, ...at}, {parent});
  return account;
}

/** As long as a policy of Azure's lasts at most: https://learn.microsoft.com/azure/storage/blobs/immutable-time-based-retention-policy-overview */
const RETAINED_DAYS = 146_000;

/**
 * A blob is written once, and neither changed nor deleted: a server that starts later loads what was tried. The policy
 * is not locked, so that whoever may change the account can take it off to clear old weights.
 */
function createContainers(
  {where}: WeightsArgs,
  account: azure.StorageAccount,
  own: readonly Replicas[],
  parent: Weights,
) {
  const {resourceGroupName} = where;
  const inAccount = {resourceGroupName, accountName: nameOf(account)};
  const service = keepVersions(inAccount, parent);
  for (const containerName of new Set(own.map(({weights}) => weights.container))) {
    const options = {parent, protect: true, dependsOn: service};
    const container = new azure.BlobContainer(
      containerName,
      {...inAccount, containerName, publicAccess: "None"},
      options,
    );
    new azure.BlobContainerImmutabilityPolicy(
      containerName,
      {
        ...inAccount,
        containerName: nameOf(container),
        immutabilityPolicyName: "default",
        immutabilityPeriodSinceCreationInDays: RETAINED_DAYS,
      },
      // It goes with its container: azure-native cannot remove it, https://github.com/pulumi/pulumi-azure-native/issues/2156
      {parent, retainOnDelete: true},
    );
  }
}

type InAccount = Pick<azure.BlobContainerArgs, "resourceGroupName" | "accountName">;

/** Days in which a container that was deleted by mistake is got back. */
const KEPT_DAYS = 30;

function keepVersions(inAccount: InAccount, parent: Weights): Resource {
  const kept = {enabled: true, days: KEPT_DAYS};
  return new azure.BlobServiceProperties(
    "weights",
    {
      ...inAccount,
      blobServicesName: "default",
      isVersioningEnabled: true,
      deleteRetentionPolicy: kept,
      containerDeleteRetentionPolicy: kept,
    },
    {parent},
  );
}

/** An account that a hub's zones lead to has its endpoint there: a second one would take its name from it. */
function connectOthers({region, where, network}: WeightsArgs, parent: Weights) {
  if (region.existing.network?.zones) return;
  const {endpointsSubnetId: subnetId, zones} = network;
  const named = region.replicas.flatMap(({weights}) => weights.storage ?? []);
  for (const target of new Set(named)) {
    const args = {where, to: "weights", target, subnetId, zoneId: zones.weights!} as const;
    createPrivateEndpoint(`weights-${parseArmId(target).name}`, args, {parent});
  }
}
