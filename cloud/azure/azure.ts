import type {Kind} from "../cloud.ts";
import {arm, type Named, SUBSCRIPTION} from "./arm.ts";
import {clusterKinds} from "./cluster.ts";
import {networkKinds} from "./network.ts";
import {
  type Account,
  checkAccount,
  checkDeployment,
  checkGrant,
  checkProfile,
  checkReplication,
  type Deployment,
  type Grant,
  type Profile,
  type Replication,
} from "./refusals.ts";

interface Located {
  readonly location: string;
}

const named = (pattern: RegExp, refusal: (name: string) => string): Named => ({pattern, refusal});

/** Types of Azure resources. A new type is a new entry. */
export const kinds: Readonly<Record<string, Kind>> = Object.fromEntries([
  ...networkKinds,
  ...clusterKinds,
  arm(
    "resources:ResourceGroup",
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/{resourceGroupName}`,
    {
      name: named(
        /^[\w.()-]{0,89}[\w()-]$/,
        (name) =>
          `InvalidResourceGroup: The provided resource group name '${name}' is not valid: 1 to 90 letters, digits, '_', '-', '.', '(' and ')', no '.' at the end.`,
      ),
    },
  ),
  arm<Grant>(
    "authorization:RoleAssignment",
    "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    {
      name: named(
        /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
        (name) =>
          `InvalidRoleAssignmentId: The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
      ),
      check: checkGrant,
    },
  ),
  arm(
    "monitor:DiagnosticSetting",
    "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
  ),
  arm("operationalinsights:Workspace", "Microsoft.OperationalInsights/workspaces/{workspaceName}"),

  arm<{accountName: string}>(
    "storage:StorageAccount",
    "Microsoft.Storage/storageAccounts/{accountName}",
    {
      name: named(
        /^[a-z\d]{3,24}$/,
        (name) =>
          `AccountNameInvalid: ${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`,
      ),
      claim: ({accountName}) => ({
        name: accountName,
        taken: `StorageAccountAlreadyTaken: The storage account named ${accountName} is already taken.`,
      }),
    },
  ),
  arm(
    "storage:BlobContainer",
    "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}",
  ),
  arm("storage:Blob", "https://{accountName}.blob.core.windows.net/{containerName}/{blobName}", {
    outputs: (_, {id}) => ({url: id}),
  }),

  arm<{registryName: string}>(
    "containerregistry:Registry",
    "Microsoft.ContainerRegistry/registries/{registryName}",
    {
      name: named(
        /^[a-zA-Z\d]{5,50}$/,
        (name) =>
          `InvalidResourceName: The registry name '${name}' is invalid: 5 to 50 alphanumeric characters.`,
      ),
      claim: ({registryName}) => ({
        name: registryName.toLowerCase(),
        taken: `AlreadyInUse: The registry DNS name ${registryName}.azurecr.io is already in use.`,
      }),
      outputs: ({registryName}) => ({loginServer: `${registryName}.azurecr.io`}),
    },
  ),
  arm<Replication>(
    "containerregistry:Replication",
    "Microsoft.ContainerRegistry/registries/{registryName}/replications/{replicationName}",
    {
      check: checkReplication,
    },
  ),
  arm(
    "containerregistry:TaskRun",
    "Microsoft.ContainerRegistry/registries/{registryName}/taskRuns/{taskRunName}",
  ),

  arm<Located & {dnsSettings?: {domainNameLabel: string}}>(
    "network:PublicIPAddress",
    "Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
    {
      claim: (inputs) => ({
        name: fqdn(inputs),
        taken: `DnsRecordInUse: DNS record ${fqdn(inputs)} is already used by another public IP.`,
      }),
      outputs: (inputs, {options}) => ({
        ipAddress: options.addressOf?.(inputs.location) ?? "192.0.2.1",
        ...(inputs.dnsSettings && {dnsSettings: {...inputs.dnsSettings, fqdn: fqdn(inputs)}}),
      }),
    },
  ),

  arm<Account>("cognitiveservices:Account", "Microsoft.CognitiveServices/accounts/{accountName}", {
    name: named(
      /^[a-zA-Z\d][a-zA-Z\d._-]{1,63}$/,
      (name) =>
        `AccountNameInvalid: '${name}' is not a valid account name: 2 to 64 letters, digits, '.', '_' and '-', a letter or digit first.`,
    ),
    claim: ({properties: {customSubDomainName: name}}) => ({
      name,
      taken: `CustomDomainInUse: Please pick a different name. The subdomain name '${name}' is not available as it's already used by a resource.`,
    }),
    check: checkAccount,
    outputs: ({properties}) => ({
      properties: {
        ...properties,
        endpoint: `https://${properties.customSubDomainName}.openai.azure.com/`,
      },
    }),
  }),
  arm<Deployment>(
    "cognitiveservices:Deployment",
    "Microsoft.CognitiveServices/accounts/{accountName}/deployments/{deploymentName}",
    {
      name: named(
        /^[\w.-]{2,64}$/,
        (name) =>
          `InvalidResourceName: The deployment name '${name}' is not valid: 2 to 64 letters, digits, '.', '_' and '-'.`,
      ),
      check: checkDeployment,
    },
  ),

  arm<{vaultName: string}>("keyvault:Vault", "Microsoft.KeyVault/vaults/{vaultName}", {
    name: named(
      /^(?=.{3,24}$)[a-zA-Z](-?[a-zA-Z\d])*$/,
      (name) =>
        `VaultNameNotValid: The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens.`,
    ),
    claim: ({vaultName}) => ({
      name: vaultName.toLowerCase(),
      taken: `VaultAlreadyExists: The vault name '${vaultName}' is already in use.`,
    }),
  }),
  arm("keyvault:Secret", "Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}", {
    name: named(
      /^[a-zA-Z\d-]{1,127}$/,
      (name) => `BadParameter: The request URI contains an invalid name: ${name}`,
    ),
    // The value is not given back.
    outputs: (_, {options: {now = Date.now}}) => ({
      properties: {attributes: {created: Math.floor(now() / 1000)}},
    }),
  }),

  arm("dns:Zone", "Microsoft.Network/dnsZones/{zoneName}", {
    outputs: () => ({
      nameServers: ["com.", "net.", "org.", "info."].map(
        (end, i) => `ns${i + 1}-01.azure-dns.${end}`,
      ),
    }),
  }),
  arm(
    "dns:RecordSet",
    "Microsoft.Network/dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}",
    {
      outputs: ({
        zoneName,
        relativeRecordSetName,
      }: {
        zoneName: string;
        relativeRecordSetName: string;
      }) => ({
        fqdn: `${relativeRecordSetName}.${zoneName}.`,
      }),
    },
  ),
  arm<Profile>("trafficmanager:Profile", "Microsoft.Network/trafficManagerProfiles/{profileName}", {
    name: named(
      /^(?=.{1,63}$)[a-zA-Z\d]([a-zA-Z\d.-]*[a-zA-Z\d])?$/,
      (name) =>
        `BadRequest: The profile name '${name}' is not valid: 1 to 63 letters, digits, '-' and '.', a letter or digit first and last.`,
    ),
    claim: ({dnsConfig: {relativeName}}) => ({
      name: relativeName.toLowerCase(),
      taken: `Conflict: Domain name ${relativeName}.trafficmanager.net already exists. Please choose a different DNS prefix.`,
    }),
    check: checkProfile,
    outputs: ({dnsConfig}) => ({
      dnsConfig: {...dnsConfig, fqdn: `${dnsConfig.relativeName}.trafficmanager.net`},
    }),
  }),
]);

const fqdn = ({location, dnsSettings}: Located & {dnsSettings?: {domainNameLabel: string}}) =>
  dnsSettings && `${dnsSettings.domainNameLabel}.${location}.cloudapp.azure.com`;
