import * as azure from "@pulumi/azure-native/containerregistry/index.js";
import {
  all,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  type Output,
} from "@pulumi/pulumi";
import type {World} from "../../regions/world.ts";
import type {Where} from "../azure/group.ts";
import type {RegistryAt} from "../azure/registry.ts";
import {Component} from "../component.ts";
import type {Context} from "./context.ts";
import {mirrorOf} from "./mirror.ts";
import {type Run, referenceOf} from "./run.ts";
import {sourceOf} from "./source.ts";

export interface ImageArgs {
  readonly world: World;
  readonly where: Where;
  /** The stack that builds it. */
  readonly stack: string;
  readonly registry: RegistryAt;
  readonly context: Context;
  /** The id of the registry's credential set for Docker Hub, if it has one. */
  readonly account?: Input<string> | undefined;
}

/**
 * An image, built in the registry. The image and the resources that build it are named by the hash of its
 * content: new content triggers a build, the same content does nothing.
 */
export class Image extends Component {
  /** By tag and digest: what was built, and nothing that took its tag later. */
  readonly reference: Output<string>;

  constructor(name: string, args: ImageArgs, options?: ComponentResourceOptions) {
    super("Image", name, options);
    const {stack, registry, context} = args;
    const build = createBuild(args, createMirror(args, this), this);
    this.reference = all([build.runResult, registry.loginServer, registry.registryName]).apply(
      ([run, host, registryName]) =>
        referenceOf(run as Run, {host, registryName, stack, ...context}),
    );
    this.registerOutputs({reference: this.reference});
  }
}

/** The registry's own copy of the base, where it can have one. */
function createMirror({world, stack, registry, context, account}: ImageArgs, parent: Image) {
  const mirror = mirrorOf(context.base, {account: account !== undefined});
  if (!mirror) return undefined;
  const {registryName, resourceGroupName, loginServer} = registry;
  const owner = ownerOf(world, stack);
  const targetRepository = `${owner}/${mirror.name}`;
  const rule = new azure.CacheRule(
    mirror.name,
    {
      registryName,
      resourceGroupName,
      cacheRuleName: `${owner}-${mirror.name}`,
      sourceRepository: mirror.source,
      targetRepository,
      ...(mirror.account && account && {credentialSetResourceId: account}),
    },
    {parent, ...registry.options},
  );
  // Derived from the rule, so that it is there before anyone pulls by it.
  return rule.id.apply(() => interpolate`${loginServer}/${targetRepository}${mirror.version}`);
}

/** Other stacks, and other services, may have theirs in the same registry. */
export const ownerOf = ({service}: World, stack: string) => `${service.name}-${stack}`;

function createBuild(
  {where, stack, registry, context}: ImageArgs,
  base: Input<string> | undefined,
  parent: Image,
) {
  const {hash, repository} = context;
  // Several stacks may build in one registry.
  const taskRunName = `${stack}-${hash}`;
  return new azure.TaskRun(
    `build-${hash}`,
    {
      resourceGroupName: registry.resourceGroupName,
      location: where.location,
      registryName: registry.registryName,
      taskRunName,
      forceUpdateTag: hash,
      runRequest: {
        type: "DockerBuildRequest",
        imageNames: [`${repository}:${hash}`],
        isPushEnabled: true,
        dockerFilePath: "Dockerfile",
        ...(base && {arguments: [{name: "BASE", value: base}]}),
        platform: {os: "Linux", architecture: "amd64"},
        sourceLocation: sourceOf(registry, context, {taskRunName, parent}),
      },
    },
    // Every `up` knows another place, or none.
    {parent, ...registry.options, ignoreChanges: ["runRequest.sourceLocation"]},
  );
}
