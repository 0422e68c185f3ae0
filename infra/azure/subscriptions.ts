import * as authorization from "@pulumi/azure-native/authorization/index.js";
import {Provider} from "@pulumi/azure-native/provider.js";
import {Config, getStack} from "@pulumi/pulumi";
import {cloudOf, clouds} from "../../regions/clouds/clouds.ts";
import {subscriptionIn, subscriptionOf} from "../../regions/names.ts";
import type {Region, World} from "../../regions/world.ts";
import {orAround} from "../component.ts";

/** The subscription that a stack is in, and the way into others. */
export interface Subscriptions {
  readonly id: string;
  readonly tenantId: string;
  /**
   * Options for what is made beside a resource, by its id: azure-native makes everything in the subscription of its
   * provider, whatever ids are named. None where it is the stack's own: another provider would be another resource.
   */
  beside(id: string): InSubscription;
  /** Options for what is made in a subscription; none where it is the stack's own. */
  in(subscription: string): InSubscription;
}

export interface InSubscription {
  readonly provider?: Provider;
}

/** Asks which subscription the stack is in, which has to be one of the world's cloud. Call it once in a program. */
export async function openSubscriptions(world: World): Promise<Subscriptions> {
  requireCloud(world, new Config("azure-native").get("environment"));
  const {subscriptionId: id, tenantId} = await authorization.getClientConfig(orAround());
  const providers = new Map<string, Provider>();

  function within(other: string): InSubscription {
    if (other === id.toLowerCase()) return {};
    const provider = providers.get(other) ?? createProvider(other);
    providers.set(other, provider);
    return {provider};
  }

  return {id, tenantId, in: within, beside: (armId) => within(subscriptionIn(armId))};
}

/**
 * Throws where a region's stack is not in the subscription that regions.yaml wants it in. It does not follow by itself:
 * what is there would stay where it is, and only what is new be made in the other.
 */
export function requireSubscription(region: Region, {id}: Pick<Subscriptions, "id">): void {
  const wanted = subscriptionOf(region);
  if (wanted === undefined || wanted === id.toLowerCase()) return;
  throw new Error(
    `by regions.yaml ${region.name} is in the subscription ${wanted}, and its stack is in ${id}; if nothing of it is there yet: pulumi config set azure-native:subscriptionId ${wanted} --stack ${region.name}`,
  );
}

/**
 * Throws where a stack is configured for another cloud than the world's. It has to be in the configuration: a provider
 * that a program makes takes the public cloud by itself, whatever the environment says.
 */
export function requireCloud(world: World, configured: string = clouds.public.environment): void {
  const {environment, title} = cloudOf(world);
  if (environment === configured) return;
  throw new Error(
    `by regions.yaml the service is in ${title}, and the stack's configuration says ${configured}; pulumi config set azure-native:environment ${environment} --stack ${getStack()}`,
  );
}

const texts = [
  ...(["clientCertificatePath", "clientId", "environment", "metadataHost", "msiEndpoint"] as const),
  ...(["oidcTokenFilePath", "partnerId", "tenantId"] as const),
] as const;
const secrets = ["clientCertificatePassword", "clientSecret"] as const;
const switches = [
  ...(["disableInstanceDiscovery", "disablePulumiPartnerId"] as const),
  ...(["useDefaultAzureCredential", "useMsi", "useOidc"] as const),
] as const;

/** Signs in as the stack's own provider does, which alone is given the stack's configuration. */
function createProvider(subscriptionId: string): Provider {
  const config = new Config("azure-native");
  const args = {
    ...settingsOf(texts, (name) => config.get(name)),
    ...settingsOf(secrets, (name) => config.getSecret(name)),
    ...settingsOf(switches, (name) => config.getBoolean(name)),
    subscriptionId,
  };
  return new Provider(`subscription-${subscriptionId}`, args, orAround());
}

function settingsOf<Name extends string, Value>(
  names: readonly Name[],
  read: (name: Name) => Value | undefined,
): Partial<Record<Name, Value>> {
  const entries = names.map((name) => [name, read(name)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Partial<
    Record<Name, Value>
  >;
}
