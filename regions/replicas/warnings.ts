import {servedIn} from "../models/served.ts";
import type {Model, Region, World} from "../world.ts";
import {gpuSizeWarning} from "./sizes.ts";

/** What is valid of models on GPUs, of balance and of hedges, and yet may not go well, each with its mend. */
export function gpuWarnings(world: World): string[] {
  return [
    ...sizeWarnings(world),
    ...spotWarnings(world),
    ...Object.entries(world.models).flatMap(([name, model]) => idleWarnings(world, name, model)),
  ];
}

/** Once for all regions that ask for a size. */
function sizeWarnings({regions}: World): string[] {
  const asked = regions.flatMap(({name, replicas}) => replicas.map(({size}) => ({name, size})));
  return [...Map.groupBy(asked, ({size}) => size)].flatMap(([size, all]) => {
    const warning = gpuSizeWarning(size);
    return warning === undefined ? [] : [`GPUs of ${namesOf(all)}: ${warning}`];
  });
}

/** A machine that Azure takes back is gone in 30 seconds, and another takes minutes to load. */
function spotWarnings({models, regions}: World): string[] {
  const alone = regions.flatMap((region) =>
    region.replicas.flatMap(({model, spot}) => {
      const {overflow} = models[model]!;
      const isHeld = overflow !== undefined && servedIn(region).includes(overflow);
      return spot && !isHeld ? [{model, name: region.name}] : [];
    }),
  );
  return [...Map.groupBy(alone, ({model}) => model)].map(
    ([model, all]) =>
      `models.${model}: in ${namesOf(all)} it is on spot machines alone, which Azure takes back at 30 s notice; name a model under overflow that the region serves too, or leave spot out`,
  );
}

/** Written for a model that has one host in every region: nothing to choose from, and no second one to ask. */
function idleWarnings({regions}: World, name: string, {host, balance, hedge}: Model): string[] {
  const written = host !== "gpu" && (balance === "load" || hedge !== undefined);
  if (!written || regions.some((region) => hostsOf(region, name) > 1)) return [];
  const said = [
    ...(balance === "load" ? ["balance"] : []),
    ...(hedge === undefined ? [] : ["hedge"]),
  ];
  return [
    `models.${name}: ${said.join(" and ")} are for models with several hosts in a region, and it has one; leave them out, or add a deployment`,
  ];
}

const hostsOf = ({deployments, hosts}: Region, model: string) =>
  [...deployments, ...hosts].filter((one) => one.model === model).length;

const namesOf = (all: readonly {readonly name: string}[]) =>
  [...new Set(all.map(({name}) => name))].join(", ");
