import {createHash} from "node:crypto";
import {guid} from "../infra/azure/names.ts";
import {SUBSCRIPTION, TENANT} from "./azure/arm.ts";
import type {Inputs} from "./cloud.ts";

/** Functions of the Azure provider that the programs call. A new one is a new entry. */
export const calls: Readonly<Record<string, (inputs: Inputs) => Inputs>> = {
  "azure-native:authorization:getClientConfig": () => ({
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
    clientId: guid("client"),
    objectId: guid("object"),
  }),
  "azure-native:storage:listStorageAccountServiceSAS": ({canonicalizedResource}) => ({
    serviceSasToken: `sv=2024-11-04&sr=b&sp=r&sig=${digest(String(canonicalizedResource)).slice(0, 32)}`,
  }),
  "azure-native:containerservice:listManagedClusterUserCredentials": ({resourceName}) => ({
    kubeconfigs: [
      {
        name: "clusterUser",
        value: Buffer.from(kubeconfig(String(resourceName))).toString("base64"),
      },
    ],
  }),
};

const kubeconfig = (cluster: string) =>
  `apiVersion: v1\nkind: Config\nclusters:\n  - {name: ${cluster}, cluster: {server: "https://${cluster}.invalid"}}\n`;

const digest = (text: string) => createHash("sha256").update(text).digest("hex");
