import {isUnknown} from "../../engine/pulumi-values.ts";
import type {View} from "../../resource.ts";
import {unless} from "../arm.ts";
import {checkKey, checkOpen, isVersioned} from "./customer-keys.ts";

/** What of a cluster guards it. */
export interface Guarded {
  readonly identity?: {readonly userAssignedIdentities?: readonly string[]};
  readonly diskEncryptionSetID?: string;
  readonly securityProfile?: {
    readonly azureKeyVaultKms?: Kms;
    readonly defender?: {
      readonly logAnalyticsWorkspaceResourceId?: string;
      readonly securityMonitoring?: {readonly enabled?: boolean};
    };
  };
}

interface Kms {
  readonly enabled?: boolean;
  readonly keyId?: string;
  readonly keyVaultNetworkAccess?: string;
  readonly keyVaultResourceId?: string;
}

/** Its part of a cluster's line in a preview. */
export const guards = (at: (path: string) => string): string[] => [
  at("addonProfiles.azurepolicy.enabled") === "true" ? "Azure Policy" : "",
  at("securityProfile.defender.securityMonitoring.enabled") === "true" ? "Defender" : "",
  at("diskEncryptionSetID") ? "disks by your key" : "",
  at("securityProfile.azureKeyVaultKms.enabled") === "true" ? "etcd by your key" : "",
];

/** Defender's plan is the subscription's, and its price is not in the list that others are read from. */
export const unpricedGuards = ({securityProfile}: Guarded): string[] =>
  securityProfile?.defender?.securityMonitoring?.enabled
    ? ["Defender for Containers, by the vCPU of every node"]
    : [];

export const checkGuards = (cluster: Guarded, view: View): string[] => [
  ...checkDefender(cluster, view),
  ...checkDisks(cluster, view),
  ...checkEtcd(cluster, view),
];

/** The description of `logAnalyticsWorkspaceResourceId` in Microsoft's types: required, and of a workspace that is there. */
function checkDefender({securityProfile}: Guarded, {find}: View): string[] {
  const {securityMonitoring, logAnalyticsWorkspaceResourceId: id} = securityProfile?.defender ?? {};
  if (!securityMonitoring?.enabled) return [];
  return unless(
    id !== undefined && find(id),
    `InvalidDefenderWorkspace: Microsoft Defender of the cluster needs a Log Analytics workspace; '${id}' was not found.`,
  );
}

function checkDisks({diskEncryptionSetID: id}: Guarded, {find}: View): string[] {
  return unless(
    id === undefined || isUnknown(id) || find(id),
    `DiskEncryptionSetNotFound: The disk encryption set '${id}' of the cluster was not found.`,
  );
}

/** The descriptions in Microsoft's types, and https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption#limitations */
function checkEtcd({securityProfile, identity}: Guarded, view: View): string[] {
  const kms = securityProfile?.azureKeyVaultKms;
  if (!kms?.enabled || isUnknown(kms.keyId)) return [];
  const {keyId: url, keyVaultNetworkAccess: access, keyVaultResourceId: vaultId} = kms;
  const by = ["Key Vault Crypto User"] as const;
  return [
    ...unless(isVersioned(url), `InvalidKeyId: The key of etcd must have its version: '${url}'.`),
    ...unless(
      (access === "Private") === Boolean(vaultId),
      `InvalidKeyVaultAccess: A private key vault of etcd is named by its id, and a public one is not; the access is '${access}'.`,
    ),
    ...(access === "Private" ? [] : checkOpen({url, who: "The API server"}, view)),
    ...checkKey({url, identity: identity?.userAssignedIdentities?.[0], by}, view),
  ];
}
