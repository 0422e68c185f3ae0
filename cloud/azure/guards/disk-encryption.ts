import {sole, tail} from "../../description.ts";
import {isUnknown} from "../../engine/pulumi-values.ts";
import type {View} from "../../resource.ts";
import {arm, plainly, unless} from "../arm.ts";
import {checkKey, ENCRYPTS, isVersioned} from "./customer-keys.ts";

export const diskEncryption = [
  arm<DiskEncryption>("compute:DiskEncryptionSet", {
    path: "Microsoft.Compute/diskEncryptionSets/{diskEncryptionSetName}",
    purpose: "encrypts the nodes' disks by the company's own key",
    loss: sole("the disks of the nodes"),
    summary: (at) => [`by ${tail(at("activeKey.keyUrl").replace(/\/[^/]*$/, ""))}`],
    name: plainly(/^[\w-]{1,80}$/, "1 to 80 letters, digits, '_' and '-'"),
    check: checkSet,
  }),
];

interface DiskEncryption {
  readonly activeKey?: {readonly keyUrl?: string};
  readonly identity?: {readonly userAssignedIdentities?: readonly string[]};
}

/** The description of `keyUrl` in Microsoft's types: with its version, whether or not that follows the key. */
function checkSet({activeKey, identity}: DiskEncryption, view: View): string[] {
  const url = activeKey?.keyUrl;
  return [
    ...unless(
      isUnknown(url) || isVersioned(url),
      `InvalidKeyUrl: The address of a disk encryption set's key must have its version: '${url}'.`,
    ),
    ...checkKey({url, identity: identity?.userAssignedIdentities?.[0], by: ENCRYPTS}, view),
  ];
}
