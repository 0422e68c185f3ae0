/** The api-version of each question: the one whose page documents the answer that is read. */
export const versions = {
  /**
   * The first whose specification has a model's replacement: Azure/azure-rest-api-specs,
   * specification/cognitiveservices/resource-manager/Microsoft.CognitiveServices/stable/2025-09-01
   */
  models: "2025-09-01",
  /** https://learn.microsoft.com/rest/api/aifoundry/accountmanagement/deployments/list */
  cognitiveServices: "2025-06-01",
  /** https://learn.microsoft.com/rest/api/compute/resource-skus/list */
  sizes: "2021-07-01",
  /** https://learn.microsoft.com/rest/api/compute/usage/list */
  compute: "2024-07-01",
  /** https://learn.microsoft.com/rest/api/aks/managed-clusters/get, and list-kubernetes-versions */
  clusters: "2025-05-01",
  /** https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/check-name-availability */
  vaults: "2023-07-01",
  /** https://learn.microsoft.com/rest/api/containerregistry/registries/check-name-availability */
  registries: "2023-07-01",
  /** https://learn.microsoft.com/rest/api/trafficmanager/profiles/check-traffic-manager-relative-dns-name-availability */
  trafficManager: "2022-04-01",
  /** https://learn.microsoft.com/rest/api/virtualnetwork/check-dns-name-availability/check-dns-name-availability */
  network: "2024-05-01",
  /** https://learn.microsoft.com/rest/api/resources/providers/list, and resources/list-by-resource-group */
  resources: "2021-04-01",
  /** https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group */
  permissions: "2022-04-01",
} as const;
