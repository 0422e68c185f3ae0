import * as azure from "@pulumi/azure-native/cognitiveservices/index.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Output,
  type Resource,
  secret,
} from "@pulumi/pulumi";
import type {Deployment, Region, World} from "../regions/world.ts";
import type {Where} from "./group.ts";
import {accountName} from "./names.ts";

export interface ModelArgs {
  readonly world: World;
  readonly region: Region;
  readonly where: Where;
  /** The only subnet that may call the account. */
  readonly nodesSubnetId: Output<string>;
}

/** A region's Azure OpenAI account and its deployments. */
export class Model extends ComponentResource {
  readonly endpoint: Output<string>;
  readonly key: Output<string>;

  constructor(name: string, args: ModelArgs, options?: ComponentResourceOptions) {
    super("meridian:Model", name, {}, options);
    const account = createAccount(args, this);
    createDeployments(args, account, this);
    this.endpoint = account.properties.apply(({endpoint}) => endpoint);
    this.key = readKey(args, account, this);
    this.registerOutputs();
  }
}

function createAccount({world, region, where, nodesSubnetId}: ModelArgs, parent: Model) {
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
        networkAcls: {defaultAction: "Deny", virtualNetworkRules: [{id: nodesSubnetId}]},
      },
    },
    {parent},
  );
}

/** One after the other: writes to one account at a time, else Azure answers 409 RequestConflict. */
function createDeployments(args: ModelArgs, account: azure.Account, parent: Model) {
  let last: Resource = account;
  for (const deployment of args.region.deployments)
    last = createDeployment(args, deployment, account, {parent, dependsOn: [last]});
}

function createDeployment(
  {world, where}: ModelArgs,
  {name, model, sku, capacity}: Deployment,
  account: azure.Account,
  options: {parent: Model; dependsOn: Resource[]},
) {
  const {format, model: modelName, version} = world.models[model]!;
  return new azure.Deployment(
    name,
    {
      ...where,
      accountName: account.name,
      deploymentName: name,
      sku: {name: sku, capacity},
      properties: {
        model: {format, name: modelName, version},
        // A model's version changes when regions.yaml says so.
        versionUpgradeOption: "NoAutoUpgrade",
      },
    },
    options,
  );
}

function readKey({where}: ModelArgs, account: azure.Account, parent: Model): Output<string> {
  const {resourceGroupName} = where;
  const keys = azure.listAccountKeysOutput(
    {resourceGroupName, accountName: account.name},
    {parent},
  );
  return secret(keys.apply(({key1}) => key1 ?? ""));
}
