import type {CloudOptions, EnvironmentName, Inputs} from "../resource.ts";

/**
 * The clouds of Azure as the stand-in knows them. Apart from regions/clouds/, so that both sides are not of one belief:
 * here it is go-autorest's table, https://github.com/Azure/go-autorest/blob/main/autorest/azure/environments.go. What
 * that lacks has its source beside it.
 */
export interface Environment {
  /** azure-native's word for it. */
  readonly name: EnvironmentName;
  readonly locations: RegExp;
  /** `ResourceManagerVMDNSSuffix`. */
  readonly addresses: string;
  /** `TrafficManagerDNSSuffix`. */
  readonly profiles: string;
  /** `ContainerRegistryDNSSuffix`. */
  readonly registries: string;
  /** `KeyVaultDNSSuffix`. */
  readonly vaults: string;
  /** Behind the workspace's name and location: https://learn.microsoft.com/azure/azure-monitor/fundamentals/azure-monitor-network-access. */
  readonly metrics: string;
  /** Below `StorageEndpointSuffix`. */
  readonly blobs: string;
  /** Issuers of clusters' tokens, as `az aks show` has them; of China no example was found. */
  readonly issuers: string;
  /** https://learn.microsoft.com/azure/ai-foundry/openai/azure-government; undefined where it is not sold. */
  readonly models?: string;
  /** Whom tokens for it are for: azure-sdk-for-net, sdk/openai, `AzureOpenAIAudience`. */
  readonly audience?: string;
  /** The locations with Azure OpenAI, where not all have it. */
  readonly modelLocations?: readonly string[];
}

const usgovernment: Environment = {
  name: "usgovernment",
  locations: /^us(gov|dod)/,
  addresses: "cloudapp.usgovcloudapi.net",
  profiles: "usgovtrafficmanager.net",
  registries: "azurecr.us",
  vaults: "vault.usgovcloudapi.net",
  metrics: "prometheus.monitor.azure.us",
  blobs: "blob.core.usgovcloudapi.net",
  issuers: "oic.prod-aks.azure.us",
  models: "openai.azure.us",
  audience: "https://cognitiveservices.azure.us",
  // MicrosoftDocs/azure-ai-docs, articles/foundry/concepts/foundry-azure-government.md (2026-06-05).
  modelLocations: ["usgovarizona", "usgovvirginia"],
};

const china: Environment = {
  name: "china",
  locations: /^china/,
  addresses: "cloudapp.chinacloudapi.cn",
  profiles: "trafficmanager.cn",
  registries: "azurecr.cn",
  vaults: "vault.azure.cn",
  metrics: "prometheus.monitor.azure.cn",
  blobs: "blob.core.chinacloudapi.cn",
  issuers: "oic.prod-aks.azure.cn",
};

const all: Readonly<Record<EnvironmentName, Environment>> = {
  public: {
    name: "public",
    locations: /^(?!us(gov|dod)|china)/,
    addresses: "cloudapp.azure.com",
    profiles: "trafficmanager.net",
    registries: "azurecr.io",
    vaults: "vault.azure.net",
    metrics: "prometheus.monitor.azure.com",
    blobs: "blob.core.windows.net",
    issuers: "oic.prod-aks.azure.com",
    models: "openai.azure.com",
    audience: "https://cognitiveservices.azure.com",
  },
  usgovernment,
  china,
};

export const environmentOf = ({environment = "public"}: CloudOptions): Environment =>
  all[environment];

/** The cloud that has a location. */
export const environmentAt = (location: string): Environment =>
  Object.values(all).find(({locations}) => locations.test(location))!;

/** In ARM's words: each cloud has subscriptions of its own. */
export const checkSubscription = (
  {subscriptionId, environment = "public"}: Inputs,
  options: CloudOptions,
): string[] =>
  environment === environmentOf(options).name
    ? []
    : [`SubscriptionNotFound: The subscription '${subscriptionId}' could not be found.`];

/** Whether an account for models can be made there. */
export const sellsModels = ({models, modelLocations}: Environment, location: string): boolean =>
  models !== undefined && (modelLocations?.includes(location) ?? true);

/**
 * The private zone that public DNS leads a resource's name to by an alias, and so the one that has to hold it:
 * https://learn.microsoft.com/azure/private-link/private-endpoint-dns, "Government" and "China".
 */
export const privateZoneOf = (
  {registries, vaults, models, blobs}: Environment,
  type: string,
): string =>
  `privatelink.${
    {
      "Microsoft.CognitiveServices/accounts": models,
      "Microsoft.ContainerRegistry/registries": registries,
      "Microsoft.KeyVault/vaults": vaults.replace(/^vault/, "vaultcore"),
      "Microsoft.Storage/storageAccounts": blobs,
    }[type] ?? ""
  }`;
