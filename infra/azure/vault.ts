import {randomBytes} from "node:crypto";
import * as azure from "@pulumi/azure-native/keyvault/index.js";
import {
  type ComponentResourceOptions,
  Config,
  type Input,
  type Output,
  output,
} from "@pulumi/pulumi";
import {Component} from "../component.ts";
import {nameOf, parseArmId} from "./arm-id.ts";
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
  /** Address ranges with public access. */
  readonly access: readonly string[];
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
  readonly #secrets: Readonly<Record<string, azure.Secret>>;

  constructor(name: string, args: VaultArgs, options?: ComponentResourceOptions) {
    super("Vault", name, options);
    const {id, group} = existingVault(args) ?? createVault(args, this);
    this.id = output(id);
    this.vaultName = this.id.apply((id) => parseArmId(id).name);
    this.tenantId = args.subscriptions.tenantId;
    const vault = {resourceGroupName: group, vaultName: this.vaultName};
    this.#secrets = createSecrets(args, vault, this);
    this.written = mapValues(this.#secrets, ({properties}) =>
      properties.apply(({attributes}) => attributes?.created),
    );
    connectPrivately(args, this);
    this.registerOutputs({id: this.id, vaultName: this.vaultName});
  }

  /** What a secret is called in the vault. One that was not made here bears its own name. */
  nameOf(secret: string): Output<string> {
    const own = this.#secrets[secret];
    return own ? nameOf(own) : output(secret);
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
const accessRules = (ranges: readonly string[]) => ({
  bypass: "AzureServices",
  defaultAction: "Deny" as const,
  ipRules: ranges.map((value) => ({value})),
});

/**
 * Azure Resource Manager writes secrets and never deletes them: that takes the vault's own API, where whoever brings
 * stacks up has no role. So they stay until the vault goes, and with a vault that is recovered they come back. Since
 * a secret is not made where one of its name is, each takes a new name when it is made, and keeps it.
 */
function createSecrets(
  {where: {tags}, secrets, existing, subscriptions}: VaultArgs,
  vault: {resourceGroupName: Input<string>; vaultName: Output<string>},
  parent: Vault,
): Record<string, azure.Secret> {
  const options = {
    parent,
    ...(existing && subscriptions.beside(existing)),
    retainOnDelete: true,
    ignoreChanges: ["secretName"],
  };
  const suffix = new Config().get("secretSuffix") ?? `-${randomBytes(4).toString("hex")}`;
  const create = (value: Output<string>, name: string) =>
    new azure.Secret(
      name,
      {...vault, tags, secretName: name + suffix, properties: {value}},
      options,
    );
  return mapValues(secrets, create);
}

const mapValues = <From, To>(
  values: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)]));

function connectPrivately({where, network}: VaultArgs, parent: Vault) {
  if (!network) return;
  const {endpointsSubnetId: subnetId, zones} = network;
  const args = {where, to: "vault", target: parent.id, subnetId, zoneId: zones.vault} as const;
  createPrivateEndpoint("vault", args, {parent});
}
