import {parse} from "yaml";
import {type Cloud, clouds} from "../../regions/clouds/clouds.ts";

/** The Entra application id of all AKS API servers: https://azure.github.io/kubelogin/concepts/aks.html */
const SERVER_ID = "6dae42f8-4368-4678-94ff-3960e28e3630";

export interface Login {
  readonly tenantId: string;
  readonly cloud: Cloud;
}

/**
 * How to reach a cluster as whoever is signed in to the Azure CLI, or in any other way that the variable
 * AAD_LOGIN_METHOD names: kubelogin takes it over its arguments. From the one that Azure gives, which
 * would ask a person to sign in by a browser. Holds no secret; needs `kubelogin` on PATH.
 */
export function loginKubeconfig(given: string, {tenantId, cloud}: Login): string {
  const {clusters} = parse(given) as {clusters: {name: string}[]};
  const name = clusters[0]!.name;
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "kubelogin",
    // Without a tenant it would take whichever the Azure CLI was last told of.
    args: [
      ...["get-token", "--login", "azurecli", "--server-id", SERVER_ID, "--tenant-id", tenantId],
      // It takes the public cloud by itself.
      ...(cloud.sdk === clouds.public.sdk ? [] : ["--environment", cloud.sdk]),
    ],
    interactiveMode: "Never",
    provideClusterInfo: false,
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: clusters.slice(0, 1),
    users: [{name: "azurecli", user: {exec}}],
    contexts: [{name, context: {cluster: name, user: "azurecli"}}],
  });
}
