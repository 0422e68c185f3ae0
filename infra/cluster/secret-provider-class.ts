import {CustomResource} from "@pulumi/kubernetes/apiextensions/customResource.js";
import {all, type Input, type Output, type Resource} from "@pulumi/pulumi";
import {stringify} from "yaml";
import {cloudAt, clouds} from "../../regions/clouds/clouds.ts";
import type {Region} from "../../regions/world.ts";
import type {Vault} from "../azure/vault.ts";
import type {Cluster} from "./cluster.ts";

/**
 * What mounts secrets of a vault as files:
 * https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/
 */
export function createSecretClass(
  name: string,
  {
    region,
    cluster,
    vault,
    secrets,
    clientId,
  }: {
    region: Region;
    cluster: Cluster;
    vault: Vault;
    /** Maps file names to secrets. */
    secrets: Readonly<Record<string, string>>;
    /** The identity that reads them. */
    clientId: Input<string>;
  },
  parent: Resource,
) {
  return new CustomResource(
    name,
    {
      apiVersion: "secrets-store.csi.x-k8s.io/v1",
      kind: "SecretProviderClass",
      metadata: {name, namespace: cluster.namespace},
      spec: {
        provider: "azure",
        parameters: {
          clientID: clientId,
          tenantId: vault.tenantId,
          keyvaultName: vault.vaultName,
          ...cloudName(region),
          objects: objectsOf(vault, secrets),
        },
      },
    },
    {parent, provider: cluster.provider},
  );
}

/** The provider takes the public cloud by itself: pkg/provider/provider.go. */
function cloudName({name}: Region) {
  const {sdk} = cloudAt(name);
  return sdk === clouds.public.sdk ? {} : {cloudName: sdk};
}

function objectsOf(vault: Vault, secrets: Readonly<Record<string, string>>): Output<string> {
  const entries = Object.entries(secrets);
  return all(entries.map(([, secret]) => vault.nameOf(secret))).apply((names) =>
    secretObjects(Object.fromEntries(entries.map(([file], at) => [file, names[at]!]))),
  );
}

/** The driver wants YAML within YAML: an array of strings, each a document. Quoting matters: a secret may be called `null`. */
function secretObjects(secrets: Readonly<Record<string, string>>): string {
  const array = Object.entries(secrets).map(([objectAlias, objectName]) =>
    stringify({objectName, objectType: "secret", objectAlias}),
  );
  return stringify({array}, {lineWidth: 0});
}
