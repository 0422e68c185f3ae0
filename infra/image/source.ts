import {gzipSync} from "node:zlib";
import * as azure from "@pulumi/azure-native/containerregistry/index.js";
import {type Input, type InvokeOptions, output, type Resource, runtime} from "@pulumi/pulumi";
import type {RegistryAt} from "../azure/registry.ts";
import type {Context} from "./context.ts";

const LIMIT_MS = 5 * 60_000;

/**
 * Puts the context of a build into the registry's own store, as `az acr build` does: no storage account is
 * needed, whose keys a tenant may forbid. What is built already is not put there again. A preview puts nothing
 * anywhere: that takes the right to build.
 */
export function sourceOf(
  {registryName, resourceGroupName, options}: RegistryAt,
  {archive, hash}: Context,
  {taskRunName, parent}: {taskRunName: string; parent: Resource},
): Input<string> {
  const nowhere = `source/${hash}.tar.gz`;
  if (runtime.isDryRun()) return nowhere;
  return output({registryName, resourceGroupName}).apply(async (at) => {
    const beside = {parent, ...options};
    if (await isBuilt({...at, taskRunName}, beside)) return nowhere;
    const place = await azure.listRegistryBuildSourceUploadUrl(at, beside);
    await upload(place.uploadUrl ?? "", gzipSync(archive));
    return place.relativePath ?? "";
  });
}

/** Where that cannot be read, as before the first build, it is not. */
async function isBuilt(run: azure.GetTaskRunArgs, options: InvokeOptions): Promise<boolean> {
  const found = await azure.getTaskRun(run, options).catch(() => undefined);
  return found?.runResult.status === "Succeeded";
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
