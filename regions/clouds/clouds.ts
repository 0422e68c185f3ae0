import {PUBLIC_AUDIENCE} from "../../proxy/policy.ts";
import {type CloudName, locations} from "../azure.ts";
import type {Region, World} from "../world.ts";

/**
 * What a cloud of Azure calls its hosts, and what programs call the cloud. This is the one place where such names
 * stand: clouds.test.ts looks for them in all others. A row has its source, and the sources of all three clouds are one
 * unless it says otherwise.
 */
export interface Cloud {
  /** As people call it. */
  readonly title: string;
  /** azure-native's `environment`: https://www.pulumi.com/registry/packages/azure-native/installation-configuration */
  readonly environment: string;
  /** What the Azure CLI calls it: azure-cli, src/azure-cli-core/azure/cli/core/cloud.py. */
  readonly cli: string;
  /** What go-autorest calls it, and with it kubelogin and the Key Vault provider of AKS: autorest/azure/environments.go. */
  readonly sdk: string;
  /** The first three: azure-sdk-for-go, sdk/azcore/cloud/cloud.go, which is what Azure itself says of its clouds. */
  readonly hosts: {
    readonly resourceManager: string;
    readonly login: string;
    /** Of blobs; below `suffixes.storage` there. */
    readonly blobs: string;
    readonly vaults: string;
    readonly registries: string;
    /** Before it, the profile's name: hashicorp/go-azure-sdk, sdk/environments. */
    readonly profiles: string;
    /** Before it, label and location: go-autorest's `ResourceManagerVMDNSSuffix`. */
    readonly addresses: string;
  };
  /** Further issuers of Entra's tokens: learn.microsoft.com/entra/identity-platform/authentication-national-cloud. */
  readonly issuers: readonly string[];
  /** Private DNS zones of endpoints: learn.microsoft.com/azure/private-link/private-endpoint-dns. */
  readonly zones: {readonly vault: string; readonly registry: string; readonly blobs: string};
  /**
   * The addresses that `hosts.login` is at: learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges, id 56;
   * of Azure Government microsoft-365-u-s-government-gcc-high-endpoints, id 13; of China, which has no such row,
   * learn.microsoft.com/graph/change-notifications-delivery-webhooks. A change is told 30 days before.
   */
  readonly logins: readonly string[];
  /** Azure OpenAI; undefined where it is not sold. */
  readonly models: ModelCloud | undefined;
  /**
   * What nodes have to reach: learn.microsoft.com/azure/aks/outbound-rules-control-egress; of Azure Monitor,
   * azure-monitor/agents/azure-monitor-agent-network-configuration. LOCATION is the cluster's.
   */
  readonly egress: readonly string[];
}

/** Azure OpenAI of a cloud: learn.microsoft.com/azure/ai-foundry/openai/azure-government, the public one's beside. */
export interface ModelCloud {
  /** Before it, the account's subdomain. */
  readonly host: string;
  /** Whom a token for it is for. */
  readonly audience: string;
  /** The private DNS zone of its endpoints. */
  readonly zone: string;
  /** The locations that have it; undefined for all that the catalogue has. */
  readonly locations?: readonly string[];
}

/** Microsoft's registry and packages are the same for all. */
const EVERYWHERE = ["mcr.microsoft.com", "*.data.mcr.microsoft.com", "packages.microsoft.com"];

export const clouds: Readonly<Record<CloudName, Cloud>> = {
  public: {
    title: "Azure's public cloud",
    environment: "public",
    cli: "AzureCloud",
    sdk: "AzurePublicCloud",
    hosts: {
      resourceManager: "management.azure.com",
      login: "login.microsoftonline.com",
      blobs: "blob.core.windows.net",
      vaults: "vault.azure.net",
      registries: "azurecr.io",
      profiles: "trafficmanager.net",
      addresses: "cloudapp.azure.com",
    },
    issuers: ["sts.windows.net"],
    zones: {
      vault: "privatelink.vaultcore.azure.net",
      registry: "privatelink.azurecr.io",
      blobs: "privatelink.blob.core.windows.net",
    },
    logins: ["20.20.32.0/19", "20.190.128.0/18", "20.231.128.0/19", "40.126.0.0/18"],
    models: {
      host: "openai.azure.com",
      audience: PUBLIC_AUDIENCE,
      zone: "privatelink.openai.azure.com",
    },
    egress: [
      ...EVERYWHERE,
      "acs-mirror.azureedge.net",
      "*.hcp.LOCATION.azmk8s.io",
      "*.ods.opinsights.azure.com",
      "*.oms.opinsights.azure.com",
      "*.monitoring.azure.com",
      "*.ingest.monitor.azure.com",
      "*.handler.control.monitor.azure.com",
      "dc.services.visualstudio.com",
    ],
  },
  government: {
    title: "Azure Government",
    environment: "usgovernment",
    cli: "AzureUSGovernment",
    sdk: "AzureUSGovernmentCloud",
    hosts: {
      resourceManager: "management.usgovcloudapi.net",
      login: "login.microsoftonline.us",
      blobs: "blob.core.usgovcloudapi.net",
      vaults: "vault.usgovcloudapi.net",
      registries: "azurecr.us",
      profiles: "usgovtrafficmanager.net",
      addresses: "cloudapp.usgovcloudapi.net",
    },
    issuers: [],
    zones: {
      vault: "privatelink.vaultcore.usgovcloudapi.net",
      registry: "privatelink.azurecr.us",
      blobs: "privatelink.blob.core.usgovcloudapi.net",
    },
    logins: ["20.140.232.0/23", "52.126.194.0/23"],
    models: {
      host: "openai.azure.us",
      audience: "https://cognitiveservices.azure.us",
      zone: "privatelink.openai.azure.us",
      // foundry-models/concepts/deployment-types-gov and openai/includes/model-matrix/*-gov.md (2026-09-01).
      locations: ["usgovarizona", "usgovvirginia"],
    },
    egress: [
      ...EVERYWHERE,
      "acs-mirror.azureedge.net",
      "*.hcp.LOCATION.cx.aks.containerservice.azure.us",
      "*.ods.opinsights.azure.us",
      "*.oms.opinsights.azure.us",
      "*.ingest.monitor.azure.us",
      "*.handler.control.monitor.azure.us",
      "dc.services.visualstudio.us",
    ],
  },
  china: {
    title: "Azure in China",
    environment: "china",
    cli: "AzureChinaCloud",
    sdk: "AzureChinaCloud",
    hosts: {
      resourceManager: "management.chinacloudapi.cn",
      login: "login.chinacloudapi.cn",
      blobs: "blob.core.chinacloudapi.cn",
      vaults: "vault.azure.cn",
      registries: "azurecr.cn",
      profiles: "trafficmanager.cn",
      addresses: "cloudapp.chinacloudapi.cn",
    },
    issuers: ["login.partner.microsoftonline.cn", "sts.chinacloudapi.cn"],
    zones: {
      vault: "privatelink.vaultcore.azure.cn",
      registry: "privatelink.azurecr.cn",
      blobs: "privatelink.blob.core.chinacloudapi.cn",
    },
    logins: [
      ...["40.72.70.0/23", "52.130.2.32/27", "52.130.3.64/27"],
      ...["52.130.17.192/27", "52.130.18.32/27"],
    ],
    // Neither docs.azure.cn nor learn.microsoft.com/azure/china has it (2026-09).
    models: undefined,
    egress: [
      ...EVERYWHERE,
      "*.azk8s.cn",
      "*.hcp.LOCATION.cx.prod.service.azk8s.cn",
      "*.tun.LOCATION.cx.prod.service.azk8s.cn",
      "*.ods.opinsights.azure.cn",
      "*.oms.opinsights.azure.cn",
      "*.ingest.monitor.azure.cn",
      "*.handler.control.monitor.azure.cn",
      "dc.services.visualstudio.cn",
    ],
  },
};

/** The cloud of a world. */
export const cloudOf = ({service}: World): Cloud => clouds[service.cloud];

/** The cloud that a location is in. A world is in one, so this is the cloud of its regions too. */
export const cloudAt = (location: string): Cloud =>
  clouds[locations.get(location)?.cloud ?? "public"];

/** Whether Azure OpenAI is in a location, so that a region there has an account. */
export function hasModels(location: string): boolean {
  const {models} = cloudAt(location);
  return models !== undefined && (models.locations?.includes(location) ?? true);
}

/** Whether a region has an account of Azure OpenAI: not where servers of one's own are all that it has. */
export const hasAccount = ({name, deployments, hosts, replicas}: Region): boolean =>
  hasModels(name) && (replicas.length === 0 || deployments.length + hosts.length > 0);
