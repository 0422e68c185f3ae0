import * as azure from "@pulumi/azure-native/containerregistry/index.js";
import {all, type ComponentResourceOptions, type Input, type Output} from "@pulumi/pulumi";
import {shortHash} from "../../regions/names.ts";
import type {Images} from "../../regions/world.ts";
import {parseArmId} from "../azure/arm-id.ts";
import type {Where} from "../azure/group.ts";
import {Component} from "../component.ts";

export interface PurgeArgs {
  readonly where: Where;
  /** The registry's, which is in the stack's own subscription. */
  readonly registryId: Output<string>;
  readonly keep: NonNullable<Images["keep"]>;
  /** Every image that something runs, or is about to run. */
  readonly running: readonly Input<string>[];
}

/**
 * Removes old images from a registry, once for each set of images that run: not on a schedule, which would not know
 * what a region has gone back to since.
 */
export class Purge extends Component {
  constructor(name: string, args: PurgeArgs, options?: ComponentResourceOptions) {
    super("Purge", name, options);
    const registry = args.registryId.apply(parseArmId);
    const task = all([...args.running]).apply((running) => purgeTask(running, args.keep));
    new azure.TaskRun(
      "purge",
      {
        resourceGroupName: registry.group,
        registryName: registry.name,
        location: args.where.location,
        taskRunName: "purge",
        forceUpdateTag: task.apply((text) => shortHash(text, 12)),
        runRequest: {
          type: "EncodedTaskRunRequest",
          encodedTaskContent: task.apply((text) => Buffer.from(text).toString("base64")),
          platform: {os: "Linux", architecture: "amd64"},
          timeout: 3600,
        },
      },
      {parent: this},
    );
    this.registerOutputs();
  }
}

/** As an image is named: `HOST/REPOSITORY:TAG@sha256:DIGEST`. */
const IMAGE = /^[^/]+\/([^:@]+):([\da-f]{12})(?:@(sha256:[\da-f]{64}))?$/;
/** https://learn.microsoft.com/azure/container-registry/container-registry-auto-purge */
const CLI = "mcr.microsoft.com/acr/acr-cli:0.17";

/**
 * What a registry's task does to keep these images, YAML. A manifest is removed with its last tag, and what is
 * attached to it goes with it; a tag that runs is never matched. Throws for an image that is named otherwise.
 */
export function purgeTask(running: readonly string[], keep: PurgeArgs["keep"]): string {
  const parts = running.map((image) => {
    const [, repository = "", tag = "", digest] = IMAGE.exec(image) ?? [];
    if (tag) return {repository, tag, digest};
    throw new Error(`${image} has no tag of 12 hex digits, so nothing beside it is removed`);
  });
  const repositories = [...new Set(parts.map(({repository}) => repository))].toSorted();
  const steps = repositories.map((repository) => {
    const own = parts.filter((part) => part.repository === repository);
    return `  - cmd: ${purgeCommand(repository, own, keep)}\n`;
  });
  return `version: v1.1.0\nsteps:\n${steps.join("")}`;
}

interface Running {
  readonly tag: string;
  readonly digest: string | undefined;
}

function purgeCommand(repository: string, running: readonly Running[], keep: PurgeArgs["keep"]) {
  const filter = `${repository}:${filterOf(running.map(({tag}) => tag))}`;
  const words = [
    CLI,
    "purge",
    `--filter '${filter}'`,
    `--ago ${keep.days}d`,
    `--keep ${keep.latest}`,
  ];
  return [...words, ...(isOne(running) ? ["--untagged"] : [])].join(" ");
}

/**
 * Whether all that runs is one image. Where it is not, one of them may have lost its tag to a second build that nothing
 * names any more: it is without a tag, and not to go.
 */
const isOne = ([first, ...others]: readonly Running[]) =>
  others.every(({tag, digest}) => tag === first?.tag && digest === first?.digest);

/** Matches the tags of images that were built here, but for these. acr-cli's expressions are .NET's. */
export const filterOf = (tags: readonly string[]) =>
  `^(?!(${[...new Set(tags)].toSorted().join("|")})$)[0-9a-f]{12}$`;
