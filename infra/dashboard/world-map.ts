import {locations} from "../../regions/azure.ts";
import type {Region, World} from "../../regions/world.ts";
import {type Panel, rate} from "./panel.ts";

/** The regions on a map, sized by their traffic. Grafana takes the coordinates from labels. */
export const worldMap = ({regions}: World): Panel => ({
  title: "Requests by region",
  about: "A second, over the last minutes.",
  draw: "map",
  unit: "reqps",
  width: 24,
  queries: regions.map((region) => ({legend: region.name, expression: placed(region)})),
});

function placed({name}: Region): string {
  const {latitude, longitude} = locations.get(name)!;
  const requests = rate("meridian_requests_total", "region", `region="${name}"`);
  return labelled(labelled(requests, "latitude", latitude), "longitude", longitude);
}

const labelled = (expression: string, label: string, value: number): string =>
  `label_replace(${expression}, "${label}", "${value}", "", "")`;
