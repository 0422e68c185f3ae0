import assert from "node:assert/strict";
import {test} from "node:test";
import {clouds} from "../../regions/clouds/clouds.ts";
import {loginKubeconfig} from "./kubeconfig.ts";

test("a cluster is reached as whoever is signed in to the Azure CLI, by no secret", () => {
  const cluster = {
    name: "meridian-westeurope",
    cluster: {server: "https://a", "certificate-authority-data": "QQ=="},
  };
  const given = JSON.stringify({
    clusters: [cluster],
    users: [{name: "clusterUser", user: {token: "secret"}}],
  });
  assert.deepEqual(
    JSON.parse(
      loginKubeconfig(given, {
        tenantId: "11111111-2222-3333-4444-555555555555",
        cloud: clouds.public,
      }),
    ),
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "meridian-westeurope",
      clusters: [cluster],
      users: [
        {
          name: "azurecli",
          user: {
            exec: {
              apiVersion: "client.authentication.k8s.io/v1",
              command: "kubelogin",
              args: [
                "get-token",
                "--login",
                "azurecli",
                "--server-id",
                "6dae42f8-4368-4678-94ff-3960e28e3630",
                "--tenant-id",
                "11111111-2222-3333-4444-555555555555",
              ],
              interactiveMode: "Never",
              provideClusterInfo: false,
            },
          },
        },
      ],
      contexts: [
        {
          name: "meridian-westeurope",
          context: {cluster: "meridian-westeurope", user: "azurecli"},
        },
      ],
    },
  );
});
