import {parseArmId} from "../../infra/azure/arm-id.ts";
import {releaseOf} from "../../regions/models/releases.ts";
import {never} from "../consequence.ts";
import {serving, sole} from "../description.ts";
import type {View} from "../resource.ts";
import {arm, ownerOf, plainly, unless} from "./arm.ts";
import {isOffered} from "./availability.ts";
import {environmentAt, environmentOf, sellsModels} from "./environments.ts";
import {checkFilter} from "./guards/content-filter.ts";
import {checkKey, ENCRYPTS} from "./guards/customer-keys.ts";

const DEPLOYMENT = "cognitiveservices:Deployment";

export const cognitiveServices = [
  arm<Account>("cognitiveservices:Account", {
    path: "Microsoft.CognitiveServices/accounts/{accountName}",
    purpose: "the region's model host: no keys, and no way in but its private endpoints",
    loss: sole("the model host with all its deployments"),
    summary: (at) => [
      `${at("kind")} ${at("sku.name")}`,
      hostAt(at("properties.customSubDomainName"), at("location")),
      at("properties.publicNetworkAccess") === "Disabled" ? "reached privately alone" : "",
      at("properties.disableLocalAuth") === "true" ? "no keys" : "",
      at("properties.encryption.keySource") ? "encrypted by your key" : "",
    ],
    claim: ({properties: {customSubDomainName: name}}) => ({
      name,
      taken: `CustomDomainInUse: Please pick a different name. The subdomain name '${name}' is not available as it's already used by a resource.`,
    }),
    check: checkAccount,
    outputs: ({properties, location}) => ({
      properties: {
        ...properties,
        endpoint: `https://${hostAt(properties.customSubDomainName, location)}/`,
      },
    }),
    frozen: never(["kind", "properties.customSubDomainName"]),
    locks: (id) => id,
    checkKept: checkDeleted,
  }),
  arm<ModelDeployment>(DEPLOYMENT, {
    path: "Microsoft.CognitiveServices/accounts/{accountName}/deployments/{deploymentName}",
    purpose: "capacity of one model, of a pinned version; provisioned units are protected",
    price: {use: "tokens, or about $260 a month for each provisioned unit"},
    loss: serving("capacity of a model"),
    summary: (at) => [
      `${at("properties.model.name")} ${at("properties.model.version")}`,
      `${at("sku.name")} ${at("sku.capacity")}`,
      ...released(at),
      at("properties.raiPolicyName") ? `filtered by ${at("properties.raiPolicyName")}` : "",
    ],
    name: plainly(/^[\w.-]{2,64}$/, "2 to 64 letters, digits, '.', '_' and '-'"),
    check: checkDeployment,
    // https://learn.microsoft.com/azure/ai-foundry/openai/how-to/working-with-models: a version changes in place.
    // Another model is another deployment, as in Terraform's cognitive_deployment.
    frozen: never(["properties.model.format", "properties.model.name"]),
    locks: ownerOf,
  }),
];

const hostAt = (subdomain: string, location: string) =>
  `${subdomain}.${environmentAt(location).models}`;

interface Account {
  readonly location: string;
  readonly kind?: string;
  readonly sku?: {readonly name?: string};
  readonly properties: {
    readonly customSubDomainName: string;
    readonly encryption?: {readonly keyVaultProperties?: KeyVaultKey};
  };
}

interface KeyVaultKey {
  readonly keyVaultUri?: string;
  readonly keyName?: string;
  readonly identityClientId?: string;
}

function checkAccount(account: Account, view: View): string[] {
  const {kind, sku, location, properties} = account;
  const {encryption} = properties;
  const sold = sellsModels(environmentOf(view.options), location);
  return [
    ...unless(
      kind === "OpenAI" && sku?.name === "S0" && sold,
      `InvalidApiSetId: The account type '${kind}' with sku '${sku?.name}' is either invalid or unavailable in given region.`,
    ),
    ...(encryption?.keyVaultProperties ? checkOwnKey(encryption.keyVaultProperties, view) : []),
  ];
}

function checkOwnKey({keyVaultUri, keyName, identityClientId}: KeyVaultKey, view: View): string[] {
  const url = keyVaultUri === undefined ? undefined : `${keyVaultUri}keys/${keyName}`;
  return checkKey({url, identity: identityClientId, by: ENCRYPTS}, view);
}

interface ModelDeployment {
  readonly sku?: {readonly name?: string; readonly capacity?: number};
  readonly properties?: {
    readonly model?: {readonly name?: string; readonly version?: string; readonly format?: string};
    readonly raiPolicyName?: string;
    readonly spilloverDeploymentName?: string;
  };
}

/** What regions/models/releases.ts has of a deployment's model. Its last day, not the days left: a preview is always the same. */
function released(at: (path: string) => string): string[] {
  const [model, version] = [at("properties.model.name"), at("properties.model.version")];
  const release = releaseOf({model, version});
  if (release === undefined) return [];
  const requests = Number(at("sku.capacity")) * release.requestsPerUnit;
  const rate = skus.includes(at("sku.name")) ? [`${requests} requests a minute`] : [];
  return [...rate, `retired on ${release.retires}`];
}

const skus = ["Standard", "GlobalStandard", "DataZoneStandard"];
const provisioned = [
  "ProvisionedManaged",
  "GlobalProvisionedManaged",
  "DataZoneProvisionedManaged",
];

function checkDeployment(inputs: ModelDeployment, view: View): string[] {
  const {sku, properties} = inputs;
  const model = properties?.model;
  if (!model?.name || !model.version || !model.format)
    return [
      "InvalidResourceProperties: The model of account deployment must have a format, a name and a version.",
    ];
  // Models of others are listed for accounts of kind AIServices alone:
  // https://learn.microsoft.com/rest/api/aifoundry/accountmanagement/models/list, `kind`.
  if (model.format !== "OpenAI")
    return [
      `DeploymentModelNotSupported: The model 'Format:${model.format},Name:${model.name},Version:${model.version}' of account deployment is not supported.`,
    ];
  if (!sku?.name || ![...skus, ...provisioned].includes(sku.name))
    return [
      `InvalidResourceProperties: The specified SKU '${sku?.name}' of account deployment is not supported by the model '${model.name}'.`,
    ];
  if (!Number.isInteger(sku.capacity) || sku.capacity! < 1)
    return [
      `InvalidCapacity: The capacity '${sku.capacity}' of account deployment must be a whole number above 0.`,
    ];
  return [
    ...checkOffer(inputs, view),
    ...checkQuota(inputs, view),
    ...checkFilter(properties?.raiPolicyName, view),
    ...checkSpillover(inputs, view),
  ];
}

/** https://learn.microsoft.com/azure/foundry/openai/how-to/spillover-traffic-management#prerequisites; the words are ours. */
function checkSpillover({sku, properties}: ModelDeployment, view: View): string[] {
  const name = properties?.spilloverDeploymentName;
  if (name === undefined) return [];
  const other = view.find(`${ownerOf(view.id)}/deployments/${name}`)?.inputs as
    | ModelDeployment
    | undefined;
  const [from, to] = [properties!.model!, other?.properties?.model];
  const level = provisioned.indexOf(sku!.name!);
  return unless(
    level >= 0 &&
      other?.sku?.name === skus[level] &&
      from.name === to?.name &&
      from.version === to?.version,
    `InvalidSpilloverDeployment: '${name}' is no standard deployment of the same account, model, version and level of processing.`,
  );
}

/** In ARM's words: https://github.com/Azure-Samples/azure-search-openai-demo/issues/1840 */
function checkOffer({sku, properties}: ModelDeployment, view: View): string[] {
  const location = accountLocation(view);
  const {name, version} = properties!.model!;
  return unless(
    isOffered(name!, sku!.name!, location),
    `InvalidResourceProperties: The specified SKU '${sku!.name}' for model '${name} ${version}' is not supported in this region '${location}'.`,
  );
}

/** By subscription, location, model and SKU: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota */
function checkQuota({sku, properties}: ModelDeployment, view: View): string[] {
  const location = accountLocation(view);
  const [model, name, capacity] = [properties!.model!.name!, sku!.name!, sku!.capacity!];
  const limit = view.options.quota?.(location, model, name);
  if (limit === undefined) return [];
  const used = deploymentsIn(view, location)
    .filter((other) => other.sku?.name === name && other.properties?.model?.name === model)
    .reduce((sum, other) => sum + (other.sku?.capacity ?? 0), 0);
  const quota = `${unit(name)} - ${model} - ${name}`;
  return unless(
    used + capacity <= limit,
    `InsufficientQuota: This operation require ${capacity} new capacity in quota ${quota}, which is bigger than the current available capacity ${limit - used}. The current quota usage is ${used} and the quota limit is ${limit} for quota ${quota}.`,
  );
}

const unit = (sku: string) =>
  provisioned.includes(sku)
    ? "Provisioned Managed Throughput Unit"
    : "Tokens Per Minute (thousands)";

const accountLocation = ({id, find}: View) => String(find(ownerOf(id))?.inputs.location);

const deploymentsIn = (view: View, location: string) =>
  view
    .all(`azure-native:${DEPLOYMENT}`)
    .filter(({id}) => parseArmId(id).subscription === parseArmId(view.id).subscription)
    .filter(({id}) => accountLocation({...view, id}) === location)
    .map(({inputs}) => inputs as ModelDeployment);

/** https://learn.microsoft.com/azure/ai-services/recover-purge-resources: kept for 48 hours. */
function checkDeleted(inputs: object, id: string, kept: boolean): string[] {
  const {properties} = inputs as {properties?: {restore?: boolean}};
  const restore = properties?.restore === true;
  return unless(
    kept === restore,
    kept
      ? `FlagMustBeSetForRestore: An existing resource with ID '${id}' has been soft-deleted. To restore the resource, you must specify 'restore' to be 'true' in the property. If you don't want to restore existing resource, please purge it first.`
      : `CanNotRestoreANonExistingResource: There is no soft-deleted resource with ID '${id}' to restore.`,
  );
}
