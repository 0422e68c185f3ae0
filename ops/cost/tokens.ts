import {tokenPrice} from "../../regions/models/prices.ts";
import {servedIn} from "../../regions/models/served.ts";
import {successorsOf} from "../../regions/models/successors.ts";
import type {Deployment, Region, World} from "../../regions/world.ts";
import type {Usage, Use} from "./usage.ts";

/** What the tokens of a region's requests cost a month. */
export interface Tokens {
  readonly region: string;
  readonly dollars: number;
  /** Deployments whose tokens have no price here, and are not in it. */
  readonly unpriced: readonly string[];
}

/** The tokens of every region, by what its deployments of the model are sold as. Hosts of one's own ask none for them. */
export function tokensOf(world: World, usage: readonly Usage[], use: Use): Tokens[] {
  const requests = new Map(usage.map((one) => [one.region, one.requests]));
  return world.regions.map((region) => {
    const asked = deploymentsOf(world, region, use.model).map(({name, sku, share, ...one}) => {
      const price = tokenPrice(hostedAs(world, one.model), sku, region.name);
      return {name, dollars: price && (dollarsOfRequest(price, use) * share) / 100};
    });
    const each = asked.reduce((sum, {dollars = 0}) => sum + dollars, 0);
    return {
      region: region.name,
      dollars: each * (requests.get(region.name) ?? 0),
      unpriced: asked.flatMap(({name, dollars}) => (dollars === undefined ? [name] : [])),
    };
  });
}

/** Those of the model, or of the first successor that is there, as proxies have it. */
function deploymentsOf({models}: World, region: Region, model: string): readonly Deployment[] {
  const there = servedIn(region);
  const served = [model, ...successorsOf(models, model)].find((name) => there.includes(name));
  return region.deployments.filter((one) => one.model === served);
}

const hostedAs = ({models}: World, name: string) => models[name]?.model ?? name;

function dollarsOfRequest(
  {input, cached, output}: NonNullable<ReturnType<typeof tokenPrice>>,
  use: Use,
): number {
  const ofCache = use.cached / 100;
  const prompt = use.prompt * (input * (1 - ofCache) + cached * ofCache);
  return (prompt + use.answer * output) / 1e6;
}
