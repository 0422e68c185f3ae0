import * as azure from "@pulumi/azure-native/cognitiveservices/index.js";
import type {ComponentResourceOptions, Output, Resource} from "@pulumi/pulumi";
import type {AzureModel, Deployment, Region, World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {nameOf} from "./arm-id.ts";
import {createFilter, filtersOf} from "./content-filter.ts";
import type {CustomerKey} from "./customer-key.ts";
import type {Where} from "./group.ts";
import {accountName} from "./names.ts";
import type {Network} from "./network.ts";
import {createPrivateEndpoint} from "./private-endpoint.ts";
import {spilloverOf} from "./spillover.ts";

export interface ModelArgs {
  readonly world: World;
  readonly region: Region;
  readonly where: Where;
  readonly network: Network;
  /** The company's own, if any. */
  readonly key?: CustomerKey | undefined;
}

/** A region's Azure OpenAI account and its deployments. Access is private and by Entra identity only. */
export class Model extends Component {
  readonly id: Output<string>;
  readonly url: Output<string>;

  constructor(name: string, args: ModelArgs, options?: ComponentResourceOptions) {
    super("Model", name, options);
    const account = createAccount(args, this);
    const last = createDeployments(args, account, this);
    connectPrivately(args, account, {parent: this, dependsOn: [last]});
    this.id = account.id;
    this.url = account.properties.apply(({endpoint}) => endpoint);
    this.registerOutputs({id: this.id, url: this.url});
  }
}

function createAccount({world, region, where, key: given}: ModelArgs, parent: Model) {
  const name = accountName(world, region);
  const key = region.encryption?.of.includes("models") ? given : undefined;
  return new azure.Account(
    "account",
    {
      ...where,
      accountName: name,
      kind: "OpenAI",
      sku: {name: "S0"},
      ...(key && {identity: {type: "UserAssigned", userAssignedIdentities: [key.identity.id]}}),
      properties: {
        customSubDomainName: name,
        // Callers authenticate with Entra, so keys are off.
        disableLocalAuth: true,
        publicNetworkAccess: "Disabled",
        networkAcls: {defaultAction: "Deny"},
        ...(key && {encryption: encryptionBy(key)}),
        ...(region.restore && {restore: true}),
      },
    },
    {parent, ignoreChanges: ["properties.restore"], ...(key && {dependsOn: key.ready})},
  );
}

/** A newer version of the key comes by the next `up`: https://learn.microsoft.com/azure/ai-services/openai/encrypt-data-at-rest */
const encryptionBy = ({versionUrl, identity}: CustomerKey) => ({
  keySource: "Microsoft.KeyVault",
  keyVaultProperties: versionUrl.apply((url) => {
    const {origin, pathname} = new URL(url);
    const [, , keyName = "", keyVersion = ""] = pathname.split("/");
    return {keyVaultUri: `${origin}/`, keyName, keyVersion, identityClientId: identity.clientId};
  }),
});

/** Chained, because Azure answers 409 RequestConflict to concurrent writes to one account. Returns the last. */
function createDeployments(args: ModelArgs, account: azure.Account, parent: Model): Resource {
  const {world, region, where} = args;
  let last: Resource = account;
  for (const [name, filter] of filtersOf(world, region))
    last = createFilter(name, {where, account, filter}, {parent, dependsOn: [last]});
  for (const deployment of targetsFirst(region.deployments))
    last = createDeployment(args, deployment, account, {parent, dependsOn: [last]});
  return last;
}

/** What spills names one that is there already. */
const targetsFirst = (all: readonly Deployment[]) =>
  all.toSorted((one, other) => spills(one, all) - spills(other, all));

const spills = (one: Deployment, all: readonly Deployment[]) => Number(!!spilloverOf(one, all));

function createDeployment(
  {world, region, where}: ModelArgs,
  deployment: Deployment,
  account: azure.Account,
  options: {parent: Model; dependsOn: Resource[]},
) {
  const {name, model, sku, capacity, filter} = deployment;
  const {format, model: modelName, version} = world.models[model] as AzureModel;
  const spillover = spilloverOf(deployment, region.deployments);
  return new azure.Deployment(
    name,
    {
      ...where,
      accountName: nameOf(account),
      deploymentName: name,
      sku: {name: sku, capacity},
      properties: {
        model: {format, name: modelName, version},
        // Versions change in regions.yaml, not by themselves.
        versionUpgradeOption: "NoAutoUpgrade",
        ...(filter !== undefined && {raiPolicyName: filter}),
        ...(spillover !== undefined && {spilloverDeploymentName: spillover}),
      },
    },
    // Another customer may take provisioned units as soon as they are released.
    {...options, protect: sku.includes("Provisioned")},
  );
}

function connectPrivately(
  {where, network}: ModelArgs,
  account: azure.Account,
  options: {parent: Model; dependsOn: Resource[]},
) {
  const {endpointsSubnetId: subnetId, zones} = network;
  // There is one where there are accounts.
  const args = {where, to: "model", target: account.id, subnetId, zoneId: zones.model!} as const;
  createPrivateEndpoint("model", args, options);
}
