import type {Region, World} from "../../regions/world.ts";
import type {Arm} from "./azure/arm.ts";
import {versions} from "./azure/versions.ts";
import {demandOf, type Held, nothingHeld} from "./demand.ts";
import {alternativesTo} from "./elsewhere.ts";
import {counted, type Finding, type Verdict} from "./finding.ts";
import {heldBy} from "./held.ts";
import {judgeName, namesOf} from "./names.ts";
import {judgePlan} from "./plan.ts";
import {judgeProviders, providerSchema} from "./providers.ts";
import {besides, judgeBeside, type There} from "./rights/beside.ts";
import {judgeRights, permissionSchema} from "./rights/rights.ts";
import {answered, hasRoom, roomAt, type Site} from "./room.ts";

export interface Preflight {
  readonly world: World;
  readonly arm: Arm;
  readonly stacks: readonly string[];
  /** The id of a stack's subscription. */
  readonly subscriptionOf: (stack: string) => string;
  /** Receives progress, line by line. */
  readonly progress: (line: string) => void;
  readonly now: () => number;
}

/** Asks Azure for everything that an `up` of the stacks needs, and returns all findings. */
export async function preflight(run: Preflight): Promise<Finding[]> {
  const ids = [...new Set(run.stacks.map(run.subscriptionOf))];
  const findings = await Promise.all([
    ...ids.map((id) => subscriptionFindings(run, id, ids.length)),
    ...besides(run.world, run.stacks, run.subscriptionOf).map((there) =>
      findingsBeside(run, there),
    ),
    ...run.stacks.map((stack) => stackFindings(run, stack)),
  ]);
  return findings.flat();
}

async function subscriptionFindings(
  {world, arm, progress}: Preflight,
  id: string,
  count: number,
): Promise<Finding[]> {
  const path = `/subscriptions/${id}/providers`;
  const permissions = `${path}/Microsoft.Authorization/permissions`;
  const [providers, rights] = await Promise.all([
    answered("provider", "all", async () =>
      judgeProviders(world, await arm.list(path, versions.resources, providerSchema)),
    ),
    answered("rights", "all", async () =>
      judgeRights(await arm.list(permissions, versions.permissions, permissionSchema)),
    ),
  ]);
  const of = count > 1 ? `subscription ${id}` : "subscription";
  const findings = findingsOf(of, [...providers, ...rights]);
  progress(`${of}: ${counted(findings)}`);
  return findings;
}

/** What is the platform team's in a subscription of theirs: rights are asked where the stacks use them. */
async function findingsBeside({arm, progress}: Preflight, there: There): Promise<Finding[]> {
  const path = `${there.id}/providers/Microsoft.Authorization/permissions`;
  const verdicts = await answered("rights", "all", async () =>
    judgeBeside(there, await arm.list(path, versions.permissions, permissionSchema)),
  );
  const of = `${there.kind} ${there.id.split("/").at(-1)}`;
  const findings = findingsOf(of, verdicts);
  progress(`${of}: ${counted(findings)}`);
  return findings;
}

async function stackFindings(run: Preflight, stack: string): Promise<Finding[]> {
  const region = run.world.regions.find(({name}) => name === stack);
  const [room, names] = await Promise.all([
    region ? roomFindings(run, region) : [],
    nameVerdicts(run, stack),
  ]);
  const plan = stack === "dns" ? [judgePlan(run.world)] : [];
  const findings = [...room, ...findingsOf(stack, [...plan, ...names])];
  run.progress(`${stack}: ${counted(findings)}`);
  return findings;
}

async function nameVerdicts({world, arm, subscriptionOf}: Preflight, stack: string) {
  const owner = {arm, world, stack, subscription: `/subscriptions/${subscriptionOf(stack)}`};
  const verdicts = namesOf(world, stack).map((wanted) =>
    answered(wanted.kind, wanted.name, async () => [await judgeName(owner, wanted)]),
  );
  return (await Promise.all(verdicts)).flat();
}

async function roomFindings(run: Preflight, region: Region): Promise<Finding[]> {
  const {world, arm, subscriptionOf, now} = run;
  const site = {
    arm,
    subscription: `/subscriptions/${subscriptionOf(region.name)}`,
    location: region.name,
    demand: demandOf(world, region),
    held: nothingHeld,
    nowMs: now(),
  };
  const {held, unread} = await heldOrNothing(site, world, region);
  const findings = findingsOf(region.name, [...unread, ...(await roomAt({...site, held}))]);
  if (!findings.some(isShort)) return findings;
  const elsewhere = await nearestRoom(run, site);
  return findings.map((finding) => (isShort(finding) ? {...finding, elsewhere} : finding));
}

/** What cannot be read counts as used by others; a verdict reports that it could not be read. */
async function heldOrNothing({arm, subscription}: Site, world: World, region: Region) {
  let held: Held = nothingHeld;
  const unread = await answered("in use", "by this stack", async () => {
    held = await heldBy(arm, subscription, world, region);
    return [];
  });
  return {held, unread};
}

/** Looks for the nearest location that has room for everything the region asks for. */
async function nearestRoom({world, progress}: Preflight, site: Site): Promise<string> {
  const alternatives = alternativesTo(world, site.location);
  progress(`${site.location}: looking for room in ${alternatives.length} other locations`);
  let unasked = 0;
  const told = (text: string) =>
    unasked === 0 ? text : `${text}; ${unasked} other could not be asked`;
  for (const {location, ms} of alternatives) {
    const fits = await hasRoom({...site, location: location.name}).catch(() => undefined);
    if (fits) return told(`${location.name}, ${Math.round(ms)} ms away`);
    if (fits === undefined) unasked += 1;
  }
  return told(`none of ${alternatives.length} locations`);
}

const findingsOf = (of: string, verdicts: readonly Verdict[]): Finding[] =>
  verdicts.map((verdict) => ({of, ...verdict}));

const isShort = ({status}: Finding): boolean => status === "short";
