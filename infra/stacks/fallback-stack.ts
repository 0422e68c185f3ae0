import type {Output, Resource, StackReference} from "@pulumi/pulumi";
import {planOf} from "../../dns/plan.ts";
import {subscriptionOf} from "../../regions/names.ts";
import type {Images, Region, World} from "../../regions/world.ts";
import {grant} from "../azure/grant.ts";
import {createGroup, type Where} from "../azure/group.ts";
import {createPrivateEndpoint} from "../azure/private-endpoint.ts";
import {
  type InSubscription,
  openSubscriptions,
  type Subscriptions,
} from "../azure/subscriptions.ts";
import {Component} from "../component.ts";
import {Purge} from "../image/purge.ts";
import {fallbackRegions} from "./fallback-regions.ts";
import {referTo} from "./stack-reference.ts";

/**
 * Lets each region's proxies use the model hosts of the regions that it falls back to: a private endpoint in
 * their network and a role. Both ends belong to region stacks, and regions fall back to each other, so only a
 * stack that comes after all of them can connect the two.
 */
export async function fallbackStack(world: World) {
  const own = createGroup(world, "fallback", world.service.home);
  const groupOf = createGroups(world, await openSubscriptions(world), own.where);
  const plan = planOf(world);
  const ends = new Map(world.regions.map((region) => [region.name, readEnd(region)]));
  const chain = createChain();
  for (const region of world.regions)
    new Fallback(region.name, {
      region,
      ...groupOf(region),
      own: ends.get(region.name)!,
      others: fallbackRegions(world, plan, region).map(({name}) => [name, ends.get(name)!]),
      chain,
    });
  if (world.service.images.keep) clearRegistry(world, own.where, world.service.images.keep);
  return {};
}

/** After all regions, which say by then what they run. */
function clearRegistry({regions}: World, where: Where, keep: NonNullable<Images["keep"]>) {
  const stacks = ["global", ...regions.map(({name}) => name)].map(referTo);
  const names = (isOfGpus: boolean) => [
    ...["image", "edgeImage", "cliImage"],
    ...(isOfGpus ? ["vllmImage", "pluginImage"] : []),
  ];
  const ofGpus = regions.map(({replicas}) => replicas.length > 0);
  const running = [ofGpus.includes(true), ...ofGpus].flatMap((isOfGpus, at) =>
    names(isOfGpus).map((name) => stacks[at]!.requireOutput(name) as Output<string>),
  );
  const registryId = stacks[0]!.requireOutput("registryId") as Output<string>;
  new Purge("purge", {where, registryId, keep, running});
}

interface Group {
  readonly where: Where;
  readonly options: InSubscription;
}

/** A group in each subscription that regions are in: a private endpoint has to be in that of its network. */
function createGroups(
  world: World,
  subscriptions: Subscriptions,
  where: Where,
): (region: Region) => Group {
  const {home} = world.service;
  const own = {where, options: {}};
  const groups = new Map<string, Group>();
  return (region) => {
    const id = subscriptionOf(region) ?? subscriptions.id;
    const options = subscriptions.in(id);
    if (!options.provider) return own;
    const group = groups.get(id) ?? {
      where: createGroup(world, "fallback", home, {name: `group-${id}`, ...options}).where,
      options,
    };
    groups.set(id, group);
    return group;
  };
}

/** The outputs of a region's stack that this one needs. */
interface End {
  readonly modelId: Output<string>;
  readonly modelZoneId: Output<string>;
  readonly endpointsSubnetId: Output<string>;
  readonly proxyPrincipalId: Output<string>;
}

function readEnd({name}: Region): End {
  const stack: StackReference = referTo(name);
  const read = (output: keyof End) => stack.requireOutput(output) as Output<string>;
  return {
    // Where there is no Azure OpenAI they are not there, and nobody asks for them.
    get modelId() {
      return read("modelId");
    },
    get modelZoneId() {
      return read("modelZoneId");
    },
    endpointsSubnetId: read("endpointsSubnetId"),
    proxyPrincipalId: read("proxyPrincipalId"),
  };
}

interface FallbackArgs extends Group {
  readonly region: Region;
  readonly own: End;
  /** The regions that it falls back to. */
  readonly others: readonly (readonly [name: string, end: End])[];
  readonly chain: Chain;
}

/** Makes what is to come after all that was made to the same region before. */
type Chain = (to: string, make: (before: Resource[]) => Resource) => void;

/** An account takes one private endpoint at a time: the next finds it in state "Accepted" and is refused. */
function createChain(): Chain {
  const last = new Map<string, Resource>();
  return (to, make) => {
    const before = last.get(to);
    last.set(to, make(before ? [before] : []));
  };
}

/** One region's access to the regions that it falls back to. */
class Fallback extends Component {
  constructor(name: string, {region, where, options, own, others, chain}: FallbackArgs) {
    super("Fallback", name, options);
    const role = "Cognitive Services OpenAI User";
    for (const [to, {modelId}] of others) {
      const way = `${name}-${to}`;
      const granted = {role, to: own.proxyPrincipalId, on: modelId, scope: "fallback"} as const;
      grant(way, granted, {parent: this});
      // With a hub's shared zones, the other region's own private endpoint already resolves and can be reached.
      if (region.existing.network?.zones) continue;
      const at = {subnetId: own.endpointsSubnetId, zoneId: own.modelZoneId};
      const near = {...where, location: name};
      const args = {where: near, to: "model", target: modelId, ...at} as const;
      chain(to, (dependsOn) => createPrivateEndpoint(way, args, {parent: this, dependsOn}));
    }
    this.registerOutputs();
  }
}
