import {existsSync, mkdirSync, writeFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import {gzipSync} from "node:zlib";
import * as containers from "@pulumi/azure-native/containerregistry/index.js";
import * as azure from "@pulumi/azure-native/storage/index.js";
import {
  asset,
  type ComponentResourceOptions,
  interpolate,
  type Output,
  secret,
} from "@pulumi/pulumi";
import {shortHash} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {PINNED_NODE} from "../../setup/node.js";
import {nameOf} from "../azure/arm-id.ts";
import type {Where} from "../azure/group.ts";
import {storageName} from "../azure/names.ts";
import type {RegistryAt} from "../azure/registry.ts";
import {Component} from "../component.ts";
import type {Bundle} from "./bundle.ts";
import {tar} from "./tar.ts";

export interface ImageArgs {
  readonly world: World;
  readonly where: Where;
  /** The stack that builds it. */
  readonly stack: string;
  readonly registry: RegistryAt;
  readonly bundle: Bundle;
}

const REPOSITORY = "meridian-proxy";
/** How long the signed address of the build context is valid. Builds start at once. */
const CONTEXT_LIFETIME_MS = 60 * 60_000;
const buildFolder = fileURLToPath(new URL("../../.meridian/build/", import.meta.url));

/** The user exists on no host. Nothing is written, so the root file system may be read-only. */
const dockerfile = `FROM node:${PINNED_NODE}-slim
WORKDIR /app
COPY package.json main.js issuer.js ./
USER 65532:65532
CMD ["node", "main.js"]
`;

/**
 * The image of proxy and issuer, built in the registry. The image and the resources that build it are named
 * by the hash of its content: new content triggers a build, the same content does nothing.
 */
export class Image extends Component {
  readonly reference: Output<string>;

  constructor(name: string, args: ImageArgs, options?: ComponentResourceOptions) {
    super("Image", name, options);
    const context = contextOf(args.bundle);
    const account = createAccount(args, this);
    const blob = createBlob(args, context, account, this);
    const address = createAddress(args, blob, account, this);
    const build = createBuild(args, context, address, this);
    const {loginServer} = args.registry;
    // Derived from the build, so that the image exists before anyone uses the reference.
    this.reference = build.id.apply(
      () => interpolate`${loginServer}/${REPOSITORY}:${context.hash}`,
    );
    this.registerOutputs({reference: this.reference});
  }
}

interface Context {
  readonly archive: Uint8Array;
  readonly hash: string;
}

/** The build context. The hash is taken before compression, which differs between machines. */
export function contextOf({files}: Bundle): Context {
  const text = (content: string) => new TextEncoder().encode(content);
  const archive = tar({
    ...files,
    "package.json": text('{"type": "module"}\n'),
    Dockerfile: text(dockerfile),
  });
  return {archive, hash: shortHash(archive, 12)};
}

function createAccount({world, where, stack}: ImageArgs, parent: Image) {
  return new azure.StorageAccount(
    "builds",
    {
      ...where,
      accountName: storageName(world, stack),
      kind: "StorageV2",
      sku: {name: "Standard_LRS"},
      allowBlobPublicAccess: false,
      enableHttpsTrafficOnly: true,
      minimumTlsVersion: "TLS1_2",
    },
    {parent},
  );
}

function createBlob(
  {where}: ImageArgs,
  context: Context,
  account: azure.StorageAccount,
  parent: Image,
) {
  const inAccount = {...where, accountName: nameOf(account)};
  const containerArgs = {...inAccount, containerName: "contexts"};
  const container = new azure.BlobContainer("contexts", containerArgs, {parent});
  const blobName = `${context.hash}.tar.gz`;
  const source = new asset.FileAsset(writeContext(context, blobName));
  const args = {...inAccount, containerName: nameOf(container), blobName, source};
  // The name identifies the content; the local path of the archive differs between machines.
  return new azure.Blob(`context-${context.hash}`, args, {parent, ignoreChanges: ["source"]});
}

function writeContext({archive}: Context, name: string): string {
  const path = `${buildFolder}${name}`;
  if (existsSync(path)) return path;
  mkdirSync(buildFolder, {recursive: true});
  writeFileSync(path, gzipSync(archive));
  return path;
}

/** The blob's address with a short-lived signature that allows reading this blob only. */
function createAddress(
  {where}: ImageArgs,
  blob: azure.Blob,
  account: azure.StorageAccount,
  parent: Image,
): Output<string> {
  const sas = azure.listStorageAccountServiceSASOutput(
    {
      resourceGroupName: where.resourceGroupName,
      accountName: nameOf(account),
      canonicalizedResource: interpolate`/blob/${nameOf(account)}/contexts/${nameOf(blob)}`,
      resource: "b",
      permissions: "r",
      protocols: "https",
      sharedAccessExpiryTime: new Date(Date.now() + CONTEXT_LIFETIME_MS).toISOString(),
    },
    {parent},
  );
  return secret(interpolate`${blob.url}?${sas.serviceSasToken}`);
}

function createBuild(
  {where, stack, registry}: ImageArgs,
  {hash}: Context,
  sourceLocation: Output<string>,
  parent: Image,
) {
  return new containers.TaskRun(
    `build-${hash}`,
    {
      resourceGroupName: registry.resourceGroupName,
      location: where.location,
      registryName: registry.registryName,
      // Several stacks may build in one registry.
      taskRunName: `${stack}-${hash}`,
      forceUpdateTag: hash,
      runRequest: {
        type: "DockerBuildRequest",
        imageNames: [`${REPOSITORY}:${hash}`],
        isPushEnabled: true,
        dockerFilePath: "Dockerfile",
        platform: {os: "Linux", architecture: "amd64"},
        sourceLocation,
      },
    },
    // Every preview signs the address anew.
    {parent, ...registry.options, ignoreChanges: ["runRequest.sourceLocation"]},
  );
}
