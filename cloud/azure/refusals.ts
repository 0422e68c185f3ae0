import type {View} from "../cloud.ts";
import {checkNesting} from "./nesting.ts";

/** What Azure refuses of one type of resource, beyond names: each function answers with its words. */

export interface Account {
  readonly kind?: string;
  readonly sku?: {readonly name?: string};
  readonly properties: {readonly customSubDomainName: string};
}

export function checkAccount({kind, sku}: Account): string[] {
  return kind === "OpenAI" && sku?.name === "S0"
    ? []
    : [
        `InvalidApiSetId: The account type '${kind}' with sku '${sku?.name}' is either invalid or unavailable in given region.`,
      ];
}

export interface Deployment {
  readonly sku?: {readonly name?: string; readonly capacity?: number};
  readonly properties?: {
    readonly model?: {readonly name?: string; readonly version?: string; readonly format?: string};
  };
  readonly location?: string;
}

const skus = ["Standard", "GlobalStandard", "DataZoneStandard"];
const provisioned = [
  "ProvisionedManaged",
  "GlobalProvisionedManaged",
  "DataZoneProvisionedManaged",
];

export function checkDeployment(inputs: Deployment, view: View): string[] {
  const {sku, properties} = inputs;
  const model = properties?.model;
  if (!model?.name || !model.version || !model.format)
    return [
      "InvalidResourceProperties: The model of account deployment must have a format, a name and a version.",
    ];
  if (!sku?.name || ![...skus, ...provisioned].includes(sku.name))
    return [
      `InvalidResourceProperties: The specified SKU '${sku?.name}' of account deployment is not supported by the model '${model.name}'.`,
    ];
  if (!Number.isInteger(sku.capacity) || sku.capacity! < 1)
    return [
      `InvalidCapacity: The capacity '${sku.capacity}' of account deployment must be a whole number above 0.`,
    ];
  return checkQuota(inputs, view);
}

/** Per subscription, location, model and sku: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota */
function checkQuota({sku, properties}: Deployment, view: View): string[] {
  const location = accountLocation(view);
  const [model, name, capacity] = [properties!.model!.name!, sku!.name!, sku!.capacity!];
  const limit = view.options.quota?.(location, model, name);
  if (limit === undefined) return [];
  const used = deploymentsIn(view, location)
    .filter((other) => other.sku?.name === name && other.properties?.model?.name === model)
    .reduce((sum, other) => sum + (other.sku?.capacity ?? 0), 0);
  if (used + capacity <= limit) return [];
  const quota = `${unit(name)} - ${model} - ${name}`;
  return [
    `InsufficientQuota: This operation require ${capacity} new capacity in quota ${quota}, which is bigger than the current available capacity ${limit - used}. The current quota usage is ${used} and the quota limit is ${limit} for quota ${quota}.`,
  ];
}

const unit = (sku: string) =>
  provisioned.includes(sku)
    ? "Provisioned Managed Throughput Unit"
    : "Tokens Per Minute (thousands)";

const accountLocation = ({id, find}: View) =>
  String(find(id.split("/").slice(0, 9).join("/"))?.inputs.location);

const deploymentsIn = (view: View, location: string) =>
  view
    .all("azure-native:cognitiveservices:Deployment")
    .filter(({id}) => accountLocation({...view, id}) === location)
    .map(({inputs}) => inputs as Deployment);

export interface Grant {
  readonly principalId: string;
  readonly roleDefinitionId: string;
  readonly scope: string;
}

/** The same role to the same principal on the same resource, under another name. */
export function checkGrant(grant: Grant, {id, all}: View): string[] {
  const words = ({principalId, roleDefinitionId, scope}: Grant) =>
    [principalId, roleDefinitionId, scope].join(" ");
  const there = all("azure-native:authorization:RoleAssignment").some(
    (other) => other.id !== id && words(other.inputs as unknown as Grant) === words(grant),
  );
  return there ? ["RoleAssignmentExists: The role assignment already exists."] : [];
}

export interface Replication {
  readonly location: string;
  readonly registryName: string;
}

export function checkReplication({location}: Replication, {id, find}: View): string[] {
  const registry = find(id.split("/").slice(0, 9).join("/"));
  if (!registry) return [];
  const {sku, location: home} = registry.inputs as {sku?: {name?: string}; location?: string};
  if (sku?.name !== "Premium")
    return [
      `FeatureNotSupported: Replications are not supported for the registry sku '${sku?.name}'; use Premium.`,
    ];
  if (home === location)
    return [
      `InvalidReplicationLocation: The replication location '${location}' is the registry's home region.`,
    ];
  return [];
}

export interface Profile {
  readonly trafficRoutingMethod?: string;
  readonly dnsConfig: {readonly relativeName: string; readonly ttl?: number};
  readonly endpoints?: readonly Endpoint[];
}

interface Endpoint {
  readonly name?: string;
  readonly type?: string;
  readonly target?: string;
  readonly targetResourceId?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly geoMapping?: readonly string[];
}

const NESTED = "Microsoft.Network/trafficManagerProfiles/nestedEndpoints";

/** https://learn.microsoft.com/azure/traffic-manager/traffic-manager-faqs and ...-nested-profiles */
export function checkProfile(
  {trafficRoutingMethod, endpoints = []}: Profile,
  view: View,
): string[] {
  const twice = (
    of: (endpoint: Endpoint) => readonly (string | undefined)[],
    say: (value: string) => string,
  ) => repeated(endpoints.flatMap(of)).map(say);
  return [
    ...twice(
      ({name}) => [name],
      (name) => `Conflict: Endpoint '${name}' is in the profile twice.`,
    ),
    ...twice(
      ({target, targetResourceId}) => [target ?? targetResourceId],
      (target) =>
        `BadRequest: The target '${target}' is used by more than one endpoint of the profile.`,
    ),
    ...twice(
      ({geoMapping = []}) => geoMapping,
      (code) =>
        `BadRequest: The geographic region '${code}' is mapped to more than one endpoint of the profile.`,
    ),
    ...(trafficRoutingMethod === "Priority"
      ? twice(
          ({priority}) => [priority?.toString()],
          (priority) =>
            `BadRequest: The priority ${priority} is used by more than one endpoint of the profile.`,
        )
      : []),
    ...endpoints.flatMap((endpoint) => checkEndpoint(endpoint, trafficRoutingMethod, view)),
    ...checkNesting({endpoints}, view),
  ];
}

function checkEndpoint(
  {name, type, weight, priority, geoMapping, targetResourceId}: Endpoint,
  method: string | undefined,
  {find}: View,
): string[] {
  const faults: string[] = [];
  const refuse = (reason: string) => faults.push(`BadRequest: endpoint '${name}': ${reason}`);
  if (method === "Geographic" && !geoMapping?.length)
    refuse("an endpoint of a Geographic profile must be mapped to a region.");
  if (weight !== undefined && !inRange(weight))
    refuse(`the weight ${weight} is not from 1 to 1000.`);
  if (priority !== undefined && !inRange(priority))
    refuse(`the priority ${priority} is not from 1 to 1000.`);
  if (type === NESTED && !(targetResourceId && find(targetResourceId)))
    refuse(`the nested profile '${targetResourceId}' could not be found.`);
  return faults;
}

const inRange = (value: number) => Number.isInteger(value) && value >= 1 && value <= 1000;

const repeated = (values: readonly (string | undefined)[]) => [
  ...new Set(
    values.filter(
      (value, at): value is string => value !== undefined && values.indexOf(value) !== at,
    ),
  ),
];
