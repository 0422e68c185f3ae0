import type {Place} from "../../regions/places/places.ts";
import type {Site} from "./figures.ts";

/** A point through which all of a place's traffic passes: cables do not follow great circles. */
export interface Gateway {
  readonly name: string;
  /** Reads after "because". */
  readonly why: string;
  readonly site: Site;
}

/**
 * Only ways that are documented, of places that one way serves:
 * - Alaska's submarine cables all land in Washington and Oregon, and its overland one joins Canada's network:
 *   https://www.adn.com/sponsored-content/2021/05/06/where-does-alaskas-internet-come-from/
 * - An estimated 95% of the traffic of Kazakhstan and of Central Asia goes through Russia:
 *   https://pulse.internetsociety.org/blog/report-highlights-kazakhstans-role-in-developing-internet-resilience-in-central-asia
 */
const gateways: readonly (Gateway & {readonly places: readonly string[]})[] = [
  {
    name: "Seattle",
    why: "Alaska's cables land in Washington and Oregon",
    site: {latitude: 47.61, longitude: -122.33, group: "GEO-NA"},
    places: ["NA-US-AK"],
  },
  {
    name: "Moscow",
    why: "Central Asia's traffic goes through Russia",
    site: {latitude: 55.75, longitude: 37.62, group: "GEO-EU"},
    places: ["AS-KG", "AS-KZ", "AS-TJ", "AS-TM", "AS-UZ"],
  },
];

export const gatewayOf = ({code}: Place): Gateway | undefined =>
  gateways.find(({places}) => places.includes(code));
