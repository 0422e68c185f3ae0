import {guid} from "../../infra/azure/names.ts";
import {serving, sole, valueAt, values} from "../description.ts";
import type {CloudOptions, Inputs, Resource, View} from "../resource.ts";
import {arm, nameOf, ownerOf, SUBSCRIPTION, unless} from "./arm.ts";
import {environmentOf} from "./environments.ts";

export const keyVault = [
  arm<{vaultName: string}>("keyvault:Vault", {
    path: "Microsoft.KeyVault/vaults/{vaultName}",
    purpose: "keeps secrets and certificates; roles decide who reads which, and nothing is purged",
    price: {use: "$0.03 for 10,000 reads"},
    loss: sole("every key and certificate in the vault"),
    summary: (at) => [
      at("properties.networkAcls.defaultAction") === "Deny" ? "from given addresses alone" : "",
    ],
    name: {
      pattern: /^(?=.{3,24}$)[a-zA-Z](-?[a-zA-Z\d])*$/,
      says: (name) =>
        `VaultNameNotValid: The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens.`,
    },
    claim: ({vaultName}) => ({
      name: vaultName.toLowerCase(),
      taken: `VaultAlreadyExists: The vault name '${vaultName}' is already in use.`,
    }),
    checkKept: checkDeleted,
  }),
  arm("keyvault:Secret", {
    path: "Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}",
    purpose: "a key that signs tokens, or that opens a model host",
    loss: serving("a key that signs tokens"),
    summary: values("properties.value"),
    secret: ["properties.value"],
    name: {says: (name) => `BadParameter: The request URI contains an invalid name: ${name}`},
    checkRemoval: checkSecretRemoval,
    // The value is not given back.
    outputs: (_, {options: {now = Date.now}}) => ({
      properties: {attributes: {created: Math.floor(now() / 1000)}},
    }),
  }),
];

/** What Azure Resource Manager tells of a key that somebody made: its newest version too. */
export const keyVaultCalls = {
  "azure-native:keyvault:getKey": (
    {resourceGroupName, vaultName, keyName}: Inputs,
    find: View["find"],
    subscriptionId = SUBSCRIPTION,
    options: CloudOptions = {},
  ) => {
    const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}`;
    const id = `${group}/providers/Microsoft.KeyVault/vaults/${vaultName}/keys/${keyName}`;
    if (!find(id)) throw new Error(`ResourceNotFound: The Resource '${id}' was not found.`);
    const keyUri = `https://${vaultName}.${environmentOf(options).vaults}/keys/${keyName}`;
    return {id, keyUri, keyUriWithVersion: `${keyUri}/${guid(id).replaceAll("-", "")}`};
  },
};

/** https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview: kept for 90 days, and not to be purged. */
function checkDeleted(inputs: object, id: string, kept: boolean): string[] {
  const {properties} = inputs as {properties?: {createMode?: string}};
  return unless(
    !kept || properties?.createMode === "recover",
    `ConflictError: A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Vault '${nameOf(id)}' was deleted.`,
  );
}

/**
 * azure-native deletes a secret by the vault's own API, for ARM cannot:
 * https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/resources/customresources/custom_keyvault.go.
 * There its firewall comes first (https://learn.microsoft.com/azure/key-vault/general/network-security), then roles for
 * data (https://learn.microsoft.com/azure/key-vault/general/rbac-guide), of which whoever brings stacks up has none.
 */
function checkSecretRemoval({id}: Resource, {find}: View): string[] {
  const vault = find(ownerOf(id));
  const isClosed = valueAt(vault?.inputs, "properties.networkAcls.defaultAction") === "Deny";
  const name = nameOf(ownerOf(id));
  return [
    isClosed
      ? `Forbidden: Client address is not authorized and caller is not a trusted service. Vault: ${name}; inner error: ForbiddenByFirewall`
      : `Forbidden: Caller is not authorized to perform action on resource. Action: 'Microsoft.KeyVault/vaults/secrets/delete'. Vault: ${name}; inner error: ForbiddenByRbac`,
  ];
}
