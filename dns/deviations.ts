import {continentByCode} from "../regions/places/place-groups.ts";
import {placeByCode} from "../regions/places/places.ts";
import type {Deviation} from "./answers.ts";
import type {Provider} from "./octodns/providers.ts";

/** What a provider cannot express: one sentence for each set of places that deviate in the same way. */
export function describeDeviations(
  deviations: readonly Deviation[],
  {whyUnnamed}: Pick<Provider, "whyUnnamed">,
): string[] {
  const sentenceOf = ({place, as, planned, given}: Deviation) => {
    const why = place.code === as ? "it is answered as a whole" : whyUnnamed(place);
    return `answered as ${nameOf(as)}, ${difference(given.pools, planned.pools)}: ${why}.`;
  };
  return [...Map.groupBy(deviations, sentenceOf)].map(
    ([sentence, alike]) => `${alike.map(({place}) => place.name).join(", ")}: ${sentence}`,
  );
}

function difference(given: readonly string[], planned: readonly string[]): string {
  if (given[0] !== planned[0]) return `by ${given[0]}, not by ${planned[0]}`;
  const [after, instead] = [given, planned].map((pools) => pools.slice(1).join(", ") || "nobody");
  return `by ${given[0]} and then by ${after}, not by ${instead}`;
}

/** octoDNS uses some codes both for a continent and for a country. */
function nameOf(code: string): string {
  const group = code === "WORLD" ? "the world" : continentByCode(code)?.name;
  return group ? `the rest of ${group}` : placeByCode(code)!.name;
}
