import {CLOUDS, type CloudName, locations, locationsIn} from "../azure.ts";
import {clouds, hasModels} from "../clouds/clouds.ts";
import {type Fault, isText, list, type Mapping, mapping, nearest} from "../meaning.ts";

/** Locations that are none or another cloud's, and capacity that is not sold where it is asked for. */
export function locationFaults(file: Mapping): Fault[] {
  const {home, cloud} = mapping(file.service);
  const own = CLOUDS.find((name) => name === cloud) ?? "public";
  const regions = Object.entries(mapping(file.regions));
  return [
    ...(isText(home) ? locationFault(["service", "home"], home, own) : []),
    ...regions.flatMap(([name]) => locationFault(["regions", name], name, own)),
    ...regions
      .filter(([name]) => locations.get(name)?.cloud === own)
      .flatMap(([name, region]) => modelFaults(file, name, mapping(region))),
  ];
}

function locationFault(path: Fault["path"], name: string, own: CloudName): Fault[] {
  const cloud = locations.get(name)?.cloud;
  if (cloud === own) return [];
  if (cloud === undefined) {
    const known = locationsIn(own).map((location) => location.name);
    return [{path, message: `"${name}" is not an Azure location; ${nearest(name, known)}`}];
  }
  const message = `is a location of ${clouds[cloud].title}, and the service is in ${clouds[own].title}; choose a location of that one, or write service.cloud: ${cloud} if all of it is there`;
  return [{path, message}];
}

/** What a region asks of Azure OpenAI, by its own entry or by the defaults. */
function modelFaults(file: Mapping, name: string, region: Mapping): Fault[] {
  const shared = mapping(file.defaults).deployments;
  const path = region.deployments === undefined ? ["regions", name] : at(name, "deployments");
  const deployments = list(region.deployments ?? shared);
  if (deployments.length === 0) return [];
  if (!hasModels(name)) return [{path, message: absent(name, shared !== undefined)}];
  return deployments.flatMap((deployment, index) => {
    const {sku} = mapping(deployment);
    if (!isText(sku) || !sku.startsWith("Global") || isSold(name)) return [];
    const place = region.deployments === undefined ? path : [...path, index, "sku"];
    return [{path: place, message: notGlobal(name, sku)}];
  });
}

const at = (region: string, key: string) => ["regions", region, key];

/** Global deployments compute in the public cloud: foundry-models/concepts/deployment-types-gov. */
const isSold = (name: string) => locations.get(name)?.cloud === "public";

const notGlobal = (name: string, sku: string) =>
  `${titleOf(name)} does not sell ${sku}; choose ${sku.replace("Global", "DataZone")} or ${sku.replace("Global", "")}`;

const titleOf = (name: string) => clouds[locations.get(name)!.cloud].title;

/** A default that one region cannot have is to be written in the others instead. */
function absent(name: string, isShared: boolean): string {
  const {title, models} = clouds[locations.get(name)!.cloud];
  const where = models?.locations
    ? `only ${models.locations.join(" and ")} of ${title} have Azure OpenAI`
    : `${title} has no Azure OpenAI`;
  const instead = isShared
    ? "move deployments from defaults to the regions that can have them, and name hosts of your own here"
    : "name hosts of your own instead";
  return `${where}; ${instead}: docs/clouds.md#models`;
}
