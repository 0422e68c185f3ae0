import * as azure from "@pulumi/azure-native/keyvault/index.js";
import type {ComponentResourceOptions, Output, Resource} from "@pulumi/pulumi";
import {Component} from "../component.ts";
import {parseArmId} from "./arm-id.ts";
import {grant} from "./grant.ts";
import type {Where} from "./group.ts";
import {createIdentity, type Identity} from "./identity.ts";
import type {Subscriptions} from "./subscriptions.ts";

export interface CustomerKeyArgs {
  readonly where: Where;
  readonly subscriptions: Subscriptions;
  /** The id of the key. */
  readonly key: string;
  /** Makes the name of its role unique within the service: a stack's. */
  readonly stack: string;
}

/** A key of the company's own, and the identity by which what a stack makes is encrypted with it. */
export class CustomerKey extends Component {
  readonly id: string;
  readonly identity: Identity;
  /** Its address, which leads to whichever version is the newest. */
  readonly url: Output<string>;
  /** The address of the newest version, as of this `up`. */
  readonly versionUrl: Output<string>;
  /** What is to be there before anything is encrypted. */
  readonly ready: Resource;

  constructor(name: string, args: CustomerKeyArgs, options?: ComponentResourceOptions) {
    super("CustomerKey", name, options);
    const {where, key, stack} = args;
    this.id = key;
    this.identity = createIdentity("encryption", {where, resourceName: "encryption"}, this);
    const role = "Key Vault Crypto Service Encryption User";
    const to = this.identity.principalId;
    this.ready = grant("encryption", {role, to, on: key, scope: stack}, {parent: this});
    const {keyUri, keyUriWithVersion} = readKey(args, this);
    this.url = keyUri;
    this.versionUrl = keyUriWithVersion;
    this.registerOutputs({url: this.url});
  }
}

/** The key that a stack is to be encrypted by, where regions.yaml names one. */
export const customerKeyOf = (
  encryption: {readonly key: string} | undefined,
  args: Omit<CustomerKeyArgs, "key">,
): CustomerKey | undefined =>
  encryption && new CustomerKey("encryption", {...args, key: encryption.key});

/** Azure Resource Manager tells of a key what is public, whoever may use it and through any firewall. */
function readKey({key, subscriptions}: CustomerKeyArgs, parent: CustomerKey) {
  const {group, name, owner} = parseArmId(key);
  return azure.getKeyOutput(
    {resourceGroupName: group, vaultName: parseArmId(owner).name, keyName: name},
    {parent, ...subscriptions.beside(key)},
  );
}
