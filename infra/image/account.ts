import * as azure from "@pulumi/azure-native/containerregistry/index.js";
import {type Output, output} from "@pulumi/pulumi";
import {cloudOf} from "../../regions/clouds/clouds.ts";
import {parseArmId} from "../azure/arm-id.ts";
import {grant} from "../azure/grant.ts";
import {orAround} from "../component.ts";
import {type ImageArgs, ownerOf} from "./image.ts";

/**
 * By which the registry signs in to Docker Hub; the id of its credential set, once that may read its secrets. Undefined
 * where regions.yaml names no account. https://learn.microsoft.com/azure/container-registry/artifact-cache-overview
 */
export function createAccount({
  world,
  stack,
  registry,
}: Omit<ImageArgs, "context" | "account">): Output<string> | undefined {
  const account = world.service.images.dockerHub;
  if (!account) return undefined;
  const {registryName, resourceGroupName, options} = registry;
  const {name} = parseArmId(account.vault);
  const secret = (of: string) => `https://${name}.${cloudOf(world).hosts.vaults}/secrets/${of}`;
  const set = new azure.CredentialSet(
    "docker-hub",
    {
      registryName,
      resourceGroupName,
      credentialSetName: `${ownerOf(world, stack)}-docker-hub`,
      loginServer: "docker.io",
      authCredentials: [
        {
          name: "Credential1",
          usernameSecretIdentifier: secret(account.user),
          passwordSecretIdentifier: secret(account.token),
        },
      ],
      identity: {type: "SystemAssigned"},
    },
    {...orAround(), ...options},
  );
  const to = set.identity.apply((identity) => identity?.principalId ?? "");
  const grants = (["user", "token"] as const).map((which) => {
    const on = `${account.vault}/secrets/${account[which]}`;
    const role = "Key Vault Secrets User";
    return grant(
      `docker-hub-${which}`,
      {role, to, on, scope: ownerOf(world, stack)},
      {parent: set},
    );
  });
  return output(grants.map(({id}) => id)).apply(() => set.id);
}
