import * as azure from "@pulumi/azure-native/compute/index.js";
import type {Output, Resource} from "@pulumi/pulumi";
import type {Encryption, Region} from "../../regions/world.ts";
import type {CustomerKey} from "../azure/customer-key.ts";
import {grant} from "../azure/grant.ts";
import type {Where} from "../azure/group.ts";
import type {Component} from "../component.ts";

export interface Encrypted {
  readonly region: Region;
  /** The company's own, if any. */
  readonly key?: CustomerKey | undefined;
}

/** The key, where the region's is of this too. */
export const keyOf = ({region, key}: Encrypted, what: Encryption["of"][number]) =>
  region.encryption?.of.includes(what) ? key : undefined;

/** What encrypts the nodes' disks. It follows the key to a newer version by itself. */
export function createDiskEncryption(
  {where, ...args}: Encrypted & {where: Where},
  parent: Component,
): azure.DiskEncryptionSet | undefined {
  const key = keyOf(args, "nodes");
  if (!key) return undefined;
  return new azure.DiskEncryptionSet(
    "nodes",
    {
      ...where,
      diskEncryptionSetName: "nodes",
      encryptionType: "EncryptionAtRestWithCustomerKey",
      identity: {type: "UserAssigned", userAssignedIdentities: [key.identity.id]},
      activeKey: {keyUrl: key.versionUrl},
      rotationToLatestKeyVersionEnabled: true,
    },
    {parent, dependsOn: key.ready},
  );
}

/** The API server uses the key as the cluster itself: https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption */
export function grantEtcd(args: Encrypted, to: Output<string>, parent: Component): Resource[] {
  const key = keyOf(args, "etcd");
  if (!key) return [];
  const scope = `${args.region.name}/cluster`;
  return [grant("etcd", {role: "Key Vault Crypto User", to, on: key.id, scope}, {parent})];
}

/** Its vault answers every address: the API server is in no network of ours. A newer version comes by the next `up`, and secrets are written anew by hand. */
export function etcdProfile(args: Encrypted) {
  const key = keyOf(args, "etcd");
  const kms = {enabled: true, keyId: key?.versionUrl, keyVaultNetworkAccess: "Public"};
  return key && {azureKeyVaultKms: kms};
}
