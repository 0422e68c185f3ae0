import {cloudOf} from "../../regions/clouds/clouds.ts";
import type {World} from "../../regions/world.ts";

/**
 * What programs have to be told of the cloud in their environment. None of the public one's, which all of them take by
 * themselves. azure-native is told by each stack's configuration.
 */
export function environmentFor(world: World): Record<string, string> {
  if (world.service.cloud === "public") return {};
  const {cli, hosts} = cloudOf(world);
  return {
    // Azure's libraries, and with them preflight, kubelogin, and Pulumi at its state and its keys.
    AZURE_AUTHORITY_HOST: `https://${hosts.login}/`,
    // The Azure CLI: learn.microsoft.com/cli/azure/azure-cli-configuration.
    AZURE_CLOUD_NAME: cli,
    // Pulumi at its state: gocloud.dev/blob/azureblob.
    AZURE_STORAGE_DOMAIN: hosts.blobs,
  };
}
