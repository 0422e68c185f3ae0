import {type Fault, isText, list, type Mapping, mapping} from "../meaning.ts";

/**
 * Deployments that compute anywhere in a region that keeps a residency: "data might be processed for inferencing
 * in any Azure location", https://learn.microsoft.com/azure/ai-foundry/foundry-models/concepts/deployment-types
 */
export function residencyFaults(file: Mapping): Fault[] {
  const shared = list(mapping(file.defaults).deployments);
  return Object.entries(mapping(file.regions)).flatMap(([name, value]) => {
    const {residency, deployments} = mapping(value);
    if (!isText(residency)) return [];
    const path = ["regions", name];
    if (deployments === undefined)
      return shared.flatMap((one) => leavingFaults(path, one, residency, " by defaults"));
    return list(deployments).flatMap((one, at) =>
      leavingFaults([...path, "deployments", at, "sku"], one, residency),
    );
  });
}

function leavingFaults(
  path: Fault["path"],
  deployment: unknown,
  residency: string,
  where = "",
): Fault[] {
  const {model, sku} = mapping(deployment);
  const kept = isText(sku) ? STAYING.get(sku) : undefined;
  if (kept === undefined || !isText(model)) return [];
  const message = `${model} is ${sku}${where}, which may compute anywhere, and the region keeps residency ${residency}; deploy it here as ${kept}`;
  return [{path, message}];
}

/** By sku that may compute anywhere: those that do not. */
const STAYING = new Map([
  ["GlobalStandard", "DataZoneStandard, which stays in the zone, or Standard, in the region"],
  [
    "GlobalProvisionedManaged",
    "DataZoneProvisionedManaged, which stays in the zone, or ProvisionedManaged, in the region",
  ],
]);
