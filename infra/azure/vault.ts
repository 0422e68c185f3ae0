import * as azure from "@pulumi/azure-native/keyvault/index.js";
import {type ComponentResourceOptions, type Input, type Output, output} from "@pulumi/pulumi";
import {Component} from "../component.ts";
import {parseArmId} from "./arm-id.ts";
import type {Where} from "./group.ts";
import type {Network} from "./network.ts";
import {createPrivateEndpoint} from "./private-endpoint.ts";
import type {Subscriptions} from "./subscriptions.ts";

export interface VaultArgs {
  readonly where: Where;
  readonly subscriptions: Subscriptions;
  /** The name of a vault that is created. */
  readonly vaultName: string;
  /** The id of an existing vault, used instead. */
  readonly existing?: string | undefined;
  /** Whether to recover a deleted vault of this name. */
  readonly restore?: boolean;
  /** Address ranges with public access; all if undefined. */
  readonly access: readonly string[] | undefined;
  /** Whether Pulumi refuses to delete it. */
  readonly protect?: boolean;
  /** The network that gets a private endpoint; none if not given. */
  readonly network?: Network;
  /** Secret values by name. */
  readonly secrets: Readonly<Record<string, Output<string>>>;
}

/** A Key Vault. Access to each secret is by role, and deleted secrets can be recovered for 90 days. */
export class Vault extends Component {
  readonly id: Output<string>;
  readonly vaultName: Output<string>;
  readonly tenantId: string;
  /** When each secret was last written, in seconds since 1970. */
  readonly written: Readonly<Record<string, Output<number | undefined>>>;

  constructor(name: string, args: VaultArgs, options?: ComponentResourceOptions) {
    super("Vault", name, options);
    const {id, group} = existingVault(args) ?? createVault(args, this);
    this.id = output(id);
    this.vaultName = this.id.apply((id) => parseArmId(id).name);
    this.tenantId = args.subscriptions.tenantId;
    this.written = createSecrets(args, {resourceGroupName: group, vaultName: this.vaultName}, this);
    connectPrivately(args, this);
    this.registerOutputs({id: this.id, vaultName: this.vaultName});
  }
}

function existingVault({existing: id}: VaultArgs) {
  return id === undefined ? undefined : {id, group: parseArmId(id).group};
}

function createVault(args: VaultArgs, parent: Vault) {
  const {where, subscriptions, vaultName, restore, access, protect = false} = args;
  const properties = {
    tenantId: subscriptions.tenantId,
    sku: {family: "A", name: "standard" as const},
    ...(restore && {createMode: azure.CreateMode.Recover}),
    enableRbacAuthorization: true,
    enableSoftDelete: true,
    softDeleteRetentionInDays: 90,
    enablePurgeProtection: true,
    networkAcls: accessRules(access),
  };
  const {id} = new azure.Vault(
    "vault",
    {...where, vaultName, properties},
    // createMode only matters at creation.
    {parent, protect, ignoreChanges: ["properties.createMode"]},
  );
  return {id, group: where.resourceGroupName};
}

/** Network rules for public access. They do not apply to private endpoints. */
const accessRules = (ranges: readonly string[] | undefined) => ({
  bypass: "AzureServices",
  defaultAction: ranges ? ("Deny" as const) : ("Allow" as const),
  ipRules: (ranges ?? []).map((value) => ({value})),
});

function createSecrets(
  {where: {tags}, secrets, existing, subscriptions}: VaultArgs,
  vault: {resourceGroupName: Input<string>; vaultName: Output<string>},
  parent: Vault,
) {
  const options = {parent, ...(existing && subscriptions.beside(existing))};
  const entries = Object.entries(secrets).map(([secretName, value]) => {
    const args = {...vault, tags, secretName, properties: {value}};
    const {properties} = new azure.Secret(secretName, args, options);
    return [secretName, properties.apply(({attributes}) => attributes?.created)] as const;
  });
  return Object.fromEntries(entries);
}

function connectPrivately({where, network}: VaultArgs, parent: Vault) {
  if (!network) return;
  const {endpointsSubnetId: subnetId, zones} = network;
  const args = {where, to: "vault", target: parent.id, subnetId, zoneId: zones.vault} as const;
  createPrivateEndpoint("vault", args, {parent});
}
