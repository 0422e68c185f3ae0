import {ComponentResource, type Output, type StackReference} from "@pulumi/pulumi";
import {planOf} from "../../dns/plan.ts";
import type {Region, World} from "../../regions/world.ts";
import {createGroup, type Where} from "../azure/group.ts";
import {createPrivateEndpoint} from "../azure/private-endpoint.ts";
import {grant} from "../azure/roles.ts";
import {fallbackRegions} from "./fallback-regions.ts";
import {referTo} from "./stack-reference.ts";

/**
 * What lets the proxies of each region ask the model hosts of the regions that they fall back to: a
 * private address in their network and a role. Each end is a region's, and regions fall back to each
 * other: only a stack that comes after all of them can join the two.
 */
export function fallbackStack(world: World) {
  const {where} = createGroup(world, "fallback", world.service.home);
  const plan = planOf(world);
  const ends = new Map(world.regions.map((region) => [region.name, readEnd(region)]));
  for (const region of world.regions)
    new Fallback(region.name, {
      region,
      where,
      own: ends.get(region.name)!,
      others: fallbackRegions(world, plan, region).map(({name}) => [name, ends.get(name)!]),
    });
  return {};
}

/** What a region's stack hands to this one. */
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
    modelId: read("modelId"),
    modelZoneId: read("modelZoneId"),
    endpointsSubnetId: read("endpointsSubnetId"),
    proxyPrincipalId: read("proxyPrincipalId"),
  };
}

interface FallbackArgs {
  readonly region: Region;
  readonly where: Where;
  readonly own: End;
  /** The regions that it falls back to. */
  readonly others: readonly (readonly [name: string, end: End])[];
}

/** The ways from one region. */
class Fallback extends ComponentResource {
  constructor(name: string, {region, where, own, others}: FallbackArgs) {
    super("meridian:Fallback", name);
    const role = "Cognitive Services OpenAI User";
    for (const [to, {modelId}] of others) {
      const way = `${name}-${to}`;
      const granted = {role, to: own.proxyPrincipalId, on: modelId, scope: "fallback"} as const;
      grant(way, granted, {parent: this});
      // A hub's zones are shared: there the other region's own private address is known and reached.
      if (region.existing.network?.zones) continue;
      const at = {subnetId: own.endpointsSubnetId, zoneId: own.modelZoneId};
      const near = {...where, location: name};
      createPrivateEndpoint(
        way,
        {where: near, to: "model", target: modelId, ...at},
        {parent: this},
      );
    }
    this.registerOutputs();
  }
}
