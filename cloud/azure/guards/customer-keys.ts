import {roles} from "../../../infra/azure/roles.ts";
import {valueAt} from "../../description.ts";
import {isUnknown} from "../../engine/pulumi-values.ts";
import type {Resource, View} from "../../resource.ts";
import {unless} from "../arm.ts";
import type {Grant} from "../authorization.ts";

/** What something would be encrypted by. */
export interface Use {
  /** The address of a key, with or without a version. */
  readonly url: string | undefined;
  /** The identity that is to use it, by its id or client id. */
  readonly identity: string | undefined;
  /** The roles by which it may, any of them. */
  readonly by: readonly (keyof typeof roles)[];
}

/** https://learn.microsoft.com/azure/key-vault/general/rbac-guide */
export const ENCRYPTS = [
  "Key Vault Crypto Service Encryption User",
  "Key Vault Crypto User",
] as const;

/** Why a key cannot be used. Of a vault that no stack made, all is believed but who has a role on it. */
export function checkKey({url, identity, by}: Use, view: View): string[] {
  if (isUnknown(url) || isUnknown(identity)) return [];
  const vault = vaultOf(url ?? "", view);
  if (!url || !vault) return [`KeyVaultNotFound: The key vault of the key '${url}' was not found.`];
  return [
    // https://learn.microsoft.com/azure/ai-services/openai/encrypt-data-at-rest, https://learn.microsoft.com/azure/aks/azure-disk-customer-managed-keys
    ...unless(
      vault.type === "" || valueAt(vault.inputs, "properties.enablePurgeProtection") === true,
      `KeyVaultNotProtected: The key vault of '${url}' must have soft delete and purge protection enabled.`,
    ),
    // https://github.com/ansible-collections/azure/pull/1676
    ...unless(
      mayUse(`${vault.id}/keys/${keyIn(url)}`, {identity, by}, view),
      `KeyVaultAccessForbidden: Unable to access key vault resource '${url}' to enable encryption at rest. Please grant get, wrap and unwrap key permissions to user-assigned identity '${identity}'. Please visit https://aka.ms/keyvaultaccessssecmk for more information.`,
    ),
  ];
}

/** Why a firewall keeps from a key who is no trusted service of Microsoft's. */
export function checkOpen({url, who}: {url: string | undefined; who: string}, view: View) {
  const acls = valueAt(vaultOf(url ?? "", view)?.inputs, "properties.networkAcls.defaultAction");
  return unless(
    acls !== "Deny",
    `KeyVaultFirewalled: ${who} does not get through the firewall of the key vault of '${url}'.`,
  );
}

/** `https://VAULT/keys/NAME/VERSION` */
export const isVersioned = (url = "") => /^https:\/\/[^/]+\/keys\/[^/]+\/[^/]+$/.test(url);

const keyIn = (url: string) => new URL(url).pathname.split("/")[2] ?? "";

/** The name of a vault is its alone, in all of Azure. */
export function vaultOf(url: string, {all, options, find}: View): Resource | undefined {
  if (!URL.canParse(url)) return undefined;
  const [name = ""] = new URL(url).hostname.split(".");
  const made = all("azure-native:keyvault:Vault").find(
    ({inputs}) => String(inputs.vaultName).toLowerCase() === name,
  );
  if (made) return made;
  const vaults = (options.existing ?? []).map((id) => id.split("/").slice(0, 9).join("/"));
  const id = vaults.find((one) => one.toLowerCase().endsWith(`/vaults/${name}`));
  return id === undefined ? undefined : find(id);
}

/** A role on the key, or on what it is in. */
function mayUse(key: string, {identity, by}: Pick<Use, "identity" | "by">, {all}: View): boolean {
  const one = all("azure-native:managedidentity:UserAssignedIdentity").find(
    ({id, outputs}) => id === identity || outputs.clientId === identity,
  );
  const ids = by.map((role) => roles[role]);
  const grants = all("azure-native:authorization:RoleAssignment").map(
    ({inputs}) => inputs as unknown as Grant,
  );
  return grants.some(
    ({principalId, roleDefinitionId, scope}) =>
      principalId === one?.outputs.principalId &&
      ids.some((id) => roleDefinitionId.endsWith(`/${id}`)) &&
      `${key}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase()),
  );
}
