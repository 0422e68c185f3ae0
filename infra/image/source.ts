import {gzipSync} from "node:zlib";
import * as azure from "@pulumi/azure-native/containerregistry/index.js";
import {type Input, type Resource, runtime} from "@pulumi/pulumi";
import type {RegistryAt} from "../azure/registry.ts";
import type {Context} from "./context.ts";

const LIMIT_MS = 5 * 60_000;

/**
 * Puts the context of a build into the registry's own store, as `az acr build` does: no storage account is
 * needed, whose keys a tenant may forbid. A preview puts nothing anywhere: that takes the right to build.
 */
export function sourceOf(
  {registryName, resourceGroupName, options}: RegistryAt,
  {archive, hash}: Context,
  parent: Resource,
): Input<string> {
  if (runtime.isDryRun()) return `source/${hash}.tar.gz`;
  const at = {registryName, resourceGroupName};
  return azure
    .listRegistryBuildSourceUploadUrlOutput(at, {parent, ...options})
    .apply(async ({uploadUrl = "", relativePath = ""}) => {
      await upload(uploadUrl, gzipSync(archive));
      return relativePath;
    });
}

/** https://learn.microsoft.com/rest/api/storageservices/put-blob; the address bears its signature. */
async function upload(url: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const {ok, status, statusText} = await fetch(url, {
    method: "PUT",
    headers: {"x-ms-blob-type": "BlockBlob"},
    body,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  if (!ok)
    throw new Error(
      `${new URL(url).host} did not take what the image is built from: ${status} ${statusText}`,
    );
}
