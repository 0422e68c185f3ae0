import {subscriptionIn} from "../../../regions/names.ts";
import type {World} from "../../../regions/world.ts";
import type {Verdict} from "../finding.ts";
import {judgeRole, type Permission} from "./rights.ts";

/** What regions.yaml names of what is there already. */
export interface There {
  readonly kind: keyof typeof neededOn;
  readonly id: string;
}

const GRANTS = "Microsoft.Authorization/roleAssignments/write";
const ACCESS = "Role Based Access Control Administrator";
const NETWORK = "Microsoft.Network";
const REGISTRY = "Microsoft.ContainerRegistry/registries";
const VAULT = "Microsoft.KeyVault/vaults";
const WORKSPACE = "Microsoft.OperationalInsights/workspaces";

/**
 * What the stacks do on it, by the role that docs/platform.md asks for. To join and approve is what is asked of
 * whoever makes the other end: https://learn.microsoft.com/azure/private-link/rbac-permissions, and for logs
 * https://learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings#permissions. Of flow logs:
 * https://learn.microsoft.com/azure/network-watcher/required-rbac-permissions
 */
export const neededOn = {
  zone: {"DNS Zone Contributor": [`${NETWORK}/dnsZones/CNAME/write`]},
  registry: {
    Contributor: [
      `${REGISTRY}/cacheRules/write`,
      `${REGISTRY}/credentialSets/write`,
      `${REGISTRY}/listBuildSourceUploadUrl/action`,
      `${REGISTRY}/privateEndpointConnectionsApproval/action`,
      `${REGISTRY}/taskRuns/write`,
    ],
    [ACCESS]: [GRANTS],
  },
  vault: {
    Contributor: [
      `${VAULT}/PrivateEndpointConnectionsApproval/action`,
      `${VAULT}/read`,
      `${VAULT}/secrets/write`,
    ],
    [ACCESS]: [GRANTS],
  },
  logs: {"Log Analytics Contributor": [`${WORKSPACE}/read`, `${WORKSPACE}/sharedKeys/action`]},
  zones: {"Private DNS Zone Contributor": [`${NETWORK}/privateDnsZones/join/action`]},
  hub: {"Private DNS Zone Contributor": [`${NETWORK}/virtualNetworks/join/action`]},
  dockerHub: {[ACCESS]: [GRANTS]},
  key: {Reader: [`${VAULT}/keys/read`], [ACCESS]: [GRANTS]},
  storage: {Reader: ["Microsoft.Storage/storageAccounts/read"], [ACCESS]: [GRANTS]},
} as const;

/**
 * What is there already in another subscription than that of the stacks that use it, each once. Its resource provider
 * is registered there, or it would not be.
 */
export function besides(
  world: World,
  stacks: readonly string[],
  subscriptionOf: (stack: string) => string,
): There[] {
  const all = stacks.flatMap((stack) =>
    usedBy(world, stack).filter(({id}) => subscriptionIn(id) !== subscriptionOf(stack)),
  );
  return [...new Map(all.map((there) => [there.id.toLowerCase(), there])).values()];
}

function usedBy({service, regions}: World, stack: string): There[] {
  const {zone, registry, logs} = service.existing;
  if (stack === "dns") return named({zone, hub: regions.flatMap(({existing}) => existing.hubs)});
  const dockerHub = service.images.dockerHub?.vault;
  if (stack === "global") return named({registry, logs, dockerHub, key: service.encryption?.key});
  const region = regions.find(({name}) => name === stack);
  if (!region) return [];
  const own = region.existing;
  return named({
    registry: own.registry ?? registry,
    logs: own.logs ?? logs,
    vault: own.vault,
    zones: own.network?.zones,
    key: region.encryption?.key,
    storage: region.flowLogs?.storage,
    dockerHub: own.registry && dockerHub,
  });
}

type Ids = Partial<Record<There["kind"], string | readonly string[] | undefined>>;

const named = (ids: Ids): There[] =>
  Object.entries(ids).flatMap(([kind, own = []]) =>
    [own].flat().map((id) => ({kind: kind as There["kind"], id})),
  );

/** Whether the caller may do on it what the stacks do. */
export const judgeBeside = ({kind, id}: There, permissions: readonly Permission[]): Verdict[] =>
  Object.entries(neededOn[kind]).map(([role, actions]) =>
    judgeRole(role, {actions, on: id, grants: permissions}),
  );
