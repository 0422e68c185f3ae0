import * as azure from "@pulumi/azure-native/cognitiveservices/index.js";
import type {ComponentResourceOptions, Output, Resource} from "@pulumi/pulumi";
import type {AzureModel, Deployment, Region, World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {nameOf} from "./arm-id.ts";
import type {Where} from "./group.ts";
import {accountName} from "./names.ts";
import type {Network} from "./network.ts";
import {createPrivateEndpoint} from "./private-endpoint.ts";

export interface ModelArgs {
  readonly world: World;
  readonly region: Region;
  readonly where: Where;
  readonly network: Network;
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

function createAccount({world, region, where}: ModelArgs, parent: Model) {
  const name = accountName(world, region);
  return new azure.Account(
    "account",
    {
      ...where,
      accountName: name,
      kind: "OpenAI",
      sku: {name: "S0"},
      properties: {
        customSubDomainName: name,
        // Callers authenticate with Entra, so keys are off.
        disableLocalAuth: true,
        publicNetworkAccess: "Disabled",
        networkAcls: {defaultAction: "Deny"},
        ...(region.restore && {restore: true}),
      },
    },
    {parent, ignoreChanges: ["properties.restore"]},
  );
}

/** Chained, because Azure answers 409 RequestConflict to concurrent writes to one account. Returns the last. */
function createDeployments(args: ModelArgs, account: azure.Account, parent: Model): Resource {
  let last: Resource = account;
  for (const deployment of args.region.deployments)
    last = createDeployment(args, deployment, account, {parent, dependsOn: [last]});
  return last;
}

function createDeployment(
  {world, where}: ModelArgs,
  {name, model, sku, capacity}: Deployment,
  account: azure.Account,
  options: {parent: Model; dependsOn: Resource[]},
) {
  const {format, model: modelName, version} = world.models[model] as AzureModel;
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
