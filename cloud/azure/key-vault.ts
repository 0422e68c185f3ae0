import {serving, sole, values} from "../description.ts";
import {arm, nameOf, unless} from "./arm.ts";

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
    // The value is not given back.
    outputs: (_, {options: {now = Date.now}}) => ({
      properties: {attributes: {created: Math.floor(now() / 1000)}},
    }),
  }),
];

/** https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview: kept for 90 days, and not to be purged. */
function checkDeleted(inputs: object, id: string, kept: boolean): string[] {
  const {properties} = inputs as {properties?: {createMode?: string}};
  return unless(
    !kept || properties?.createMode === "recover",
    `ConflictError: A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Vault '${nameOf(id)}' was deleted.`,
  );
}
