import {explain, explanationOf} from "../../dns/explanation.ts";
import {distanceKm} from "../../dns/latency/figures.ts";
import {withoutRegions} from "../../dns/lost.ts";
import {drawGround, pointOnMap} from "../../dns/map/map.ts";
import {type Plan, planOf} from "../../dns/plan.ts";
import {objectiveOf} from "../../proxy/policy.ts";
import {locations} from "../../regions/azure.ts";
import {placeByCode, places} from "../../regions/places/places.ts";
import type {World} from "../../regions/world.ts";
import type {RunningWorld} from "../world/world.ts";
import {resolveTo} from "./region-dns.ts";
import {BadRequest} from "./server.ts";

/** What the page knows of the world before anything happens in it. */
export function describeWorld(world: World, {edge}: RunningWorld) {
  const {service, models, regions} = world;
  const plan = planOf(world);
  return {
    hostname: service.hostname,
    objectives: Object.keys(models).map((model) =>
      objectiveOf({objective: service.objective, models}, model),
    ),
    edge,
    models: Object.keys(models),
    regions: regions.map(({name, pool, weight, state}) => ({
      ...{name, pool, weight, state},
      at: pointOnMap(locations.get(name)!),
      home: homeOf(plan, pool, name),
    })),
    places: places.map((place) => ({
      ...{code: place.code, name: place.name},
      at: pointOnMap(place),
    })),
  };
}

/** The place that is nearest to a region, of those that its pool serves. */
function homeOf({rules}: Plan, pool: string, region: string): string | undefined {
  const at = locations.get(region)!;
  const served = rules.filter(({chain}) => chain[0] === pool).flatMap(({places}) => places);
  const [home] = served
    .map(({place}) => ({code: place.code, km: distanceKm(place, at)}))
    .toSorted((a, b) => a.km - b.km);
  return home?.code;
}

/** Answers about the plan while some regions are out. */
export function createAtlas({
  world,
  running,
  out,
}: {
  world: World;
  running: RunningWorld;
  /** Regions that DNS does not answer with. */
  out: () => readonly string[];
}) {
  const plan = planOf(world);

  return {
    /** The map's ground as the plan is without these regions. */
    ground: (without: readonly string[]): string =>
      drawGround(world, withoutRegions(plan, without)),
    /** Why a place is served where it is, and what DNS answers it at this moment: this region, if it does so at all. */
    async place(code: string, wanted: string | undefined) {
      const place = placeByCode(code);
      if (!place) throw new BadRequest(`"${code}" is not a place`);
      const explanation = explanationOf(withoutRegions(plan, out()), place);
      // Where all that may serve a place are drained, DNS has no address.
      const address = await resolveTo(running, place, wanted).catch(() => undefined);
      const region = running.regions.find((region) => region.address === address)?.name;
      return {...explanation, words: explain(explanation).split("\n")[0]!, region};
    },
  };
}
