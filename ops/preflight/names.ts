import {z} from "zod";
import {accountName, groupName, registryName, vaultName} from "../../infra/azure/names.ts";
import {hasAccount} from "../../regions/clouds/clouds.ts";
import {isInternal, publicLabel} from "../../regions/names.ts";
import type {Region, World} from "../../regions/world.ts";
import type {Arm} from "./azure/arm.ts";
import {oneLine} from "./azure/arm-error.ts";
import {versions} from "./azure/versions.ts";
import {ok, short, type Verdict} from "./finding.ts";
import {ifThere} from "./held.ts";
import {type Namespace, namespaces, type WantedName} from "./namespaces.ts";
import {profileNames} from "./plan.ts";

/** The global names that a stack takes; none for `fallback`. */
export function namesOf(world: World, stack: string): WantedName[] {
  if (stack === "global") return globalNames(world);
  if (stack === "dns") return profileNames(world).map((name) => ({kind: "profile", name}));
  const region = world.regions.find(({name}) => name === stack);
  return region ? regionNames(world, region) : [];
}

const globalNames = (world: World): WantedName[] => [
  ...(world.service.existing.registry
    ? []
    : [{kind: "registry", name: registryName(world)} as const]),
  {kind: "vault", name: vaultName(world, "global"), restore: world.service.restore},
];

function regionNames(world: World, region: Region): WantedName[] {
  const {name: location, restore, existing} = region;
  const names: WantedName[] = [];
  if (hasAccount(region)) names.push({kind: "account", name: accountName(world, region), restore});
  if (!isInternal(region))
    names.push({kind: "address", name: publicLabel(world, region), resource: "edge", location});
  if (!existing.vault) names.push({kind: "vault", name: vaultName(world, location), restore});
  return names;
}

/** The stack that wants names. */
export interface Owner {
  readonly arm: Arm;
  /** `/subscriptions/ID` */
  readonly subscription: string;
  readonly world: World;
  readonly stack: string;
}

/** Whether a stack can have a name: it already does, it can take it back, or nobody else has it. */
export async function judgeName(owner: Owner, wanted: WantedName): Promise<Verdict> {
  const {kind: check, name, restore} = wanted;
  const namespace: Namespace = namespaces[check];
  if (await isOwn(owner, namespace, wanted)) return ok(check, name, "this stack has it");
  const deleted = await deletedOf(owner, namespace, name);
  if (deleted) return judgeDeleted(owner, wanted, deleted);
  if (restore && namespace.deleted)
    return short(check, name, "restore: true, and no deleted one is there", "take restore out");
  const {free, why} = await namespace.ask(owner.arm, owner.subscription, wanted);
  return free ? ok(check, name, "free") : short(check, name, oneLine(why), TAKEN);
}

const TAKEN =
  "if it is yours, of another stack or group, remove that; else choose another service.name";

/** https://learn.microsoft.com/rest/api/resources/resources/list-by-resource-group */
const resourceSchema = z.object({type: z.string(), name: z.string()});

async function isOwn(
  {arm, subscription, world, stack}: Owner,
  {type}: Namespace,
  {name, resource = name}: WantedName,
): Promise<boolean> {
  const group = `${subscription}/resourceGroups/${groupName(world, stack)}`;
  const own = await ifThere(arm.list(`${group}/resources`, versions.resources, resourceSchema));
  return own.some((other) => isSame(other.type, type) && isSame(other.name, resource));
}

/** https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-deleted; accounts do not say when. */
const deletedSchema = z.object({
  name: z.string(),
  properties: z.object({scheduledPurgeDate: z.string().nullish()}).nullish(),
});

type Deleted = z.output<typeof deletedSchema>;

async function deletedOf(
  {arm, subscription}: Owner,
  {deleted}: Namespace,
  name: string,
): Promise<Deleted | undefined> {
  if (!deleted) return undefined;
  const path = `${subscription}/providers/${deleted.path}`;
  const all = await arm.list(path, deleted.version, deletedSchema);
  return all.find((other) => isSame(other.name, name));
}

function judgeDeleted(
  {stack}: Owner,
  {kind, name, restore}: WantedName,
  {properties}: Deleted,
): Verdict {
  if (restore) return ok(kind, name, "deleted, and taken back by restore: true");
  const until = properties?.scheduledPurgeDate?.slice(0, 10);
  const found = `a deleted one keeps it${until ? ` until ${until}` : ""}`;
  return short(
    kind,
    name,
    found,
    `give ${stack === "global" ? "service" : "the region"} restore: true`,
  );
}

/** Azure's names and types are case-insensitive. */
const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
