import type {World} from "../../regions/world.ts";
import type {Panel, Query} from "./panel.ts";
import {rowsOf} from "./rows.ts";

const COLUMNS = 24;
const HEIGHTS = {lines: 8, number: 4, map: 12} as const;
const KINDS = {lines: "timeseries", number: "stat", map: "geomap"} as const;
const SOURCE = {type: "prometheus", uid: "$source"};
/** The schema version of Grafana 11; newer versions migrate it. */
const SCHEMA_VERSION = 39;

/** A dashboard for Grafana, to be imported: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model */
export function dashboardOf(world: World) {
  const {name, hostname} = world.service;
  return {
    uid: `${name}-world`,
    title: `Meridian: ${hostname}`,
    tags: ["meridian"],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    refresh: "30s",
    time: {from: "now-3h", to: "now"},
    templating: {list: [source, regionChoice]},
    panels: laidOut(world),
  };
}

const source = {name: "source", label: "Metrics", type: "datasource", query: "prometheus"};

const regionChoice = {
  name: "region",
  label: "Region",
  type: "query",
  datasource: SOURCE,
  query: {query: "label_values(meridian_vote, region)", refId: "regions"},
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: ".*",
  current: {text: "All", value: "$__all"},
};

interface Drawn {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly {readonly expr: string}[];
  readonly [option: string]: unknown;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Lays out rows from top to bottom, panels from left to right. */
function laidOut(world: World) {
  const panels: (Drawn & {readonly id: number; readonly gridPos: Place})[] = [];
  const add = (gridPos: Place, panel: Drawn) =>
    panels.push({id: panels.length + 1, gridPos, ...panel});
  let y = 0;
  for (const {title, panels: members} of rowsOf(world)) {
    add({x: 0, y, w: COLUMNS, h: 1}, {type: "row", title, collapsed: false, panels: []});
    y++;
    for (const line of wrapped(members)) {
      let x = 0;
      for (const panel of line) {
        add({x, y, w: panel.width, h: HEIGHTS[panel.draw]}, panelOf(panel));
        x += panel.width;
      }
      y += Math.max(...line.map(({draw}) => HEIGHTS[draw]));
    }
  }
  return panels;
}

function wrapped(panels: readonly Panel[]): Panel[][] {
  const lines: Panel[][] = [[]];
  let used = 0;
  for (const panel of panels) {
    if (used + panel.width > COLUMNS) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)!.push(panel);
    used += panel.width;
  }
  return lines;
}

function panelOf({title, about, draw, unit, queries}: Panel): Drawn {
  return {
    title,
    description: about,
    type: KINDS[draw],
    datasource: SOURCE,
    targets: queries.map((query, index) => target(query, index, draw)),
    fieldConfig: {defaults: {unit, ...(unit !== "s" && {min: 0})}, overrides: []},
    ...(draw === "map" && mapOptions),
  };
}

function target({expression, legend}: Query, index: number, draw: Panel["draw"]) {
  const instant = {instant: true, range: false, format: "table"};
  return {
    refId: `Q${index + 1}`,
    datasource: SOURCE,
    expr: expression,
    legendFormat: legend,
    ...(draw === "map" && instant),
  };
}

/** Labels are strings; the map needs coordinates as numbers. */
const toNumbers = {
  id: "convertFieldType",
  options: {
    conversions: ["latitude", "longitude"].map((targetField) => ({
      targetField,
      destinationType: "number",
    })),
  },
};

const mapOptions = {
  transformations: [{id: "merge", options: {}}, toNumbers],
  options: {
    view: {id: "zero", lat: 20, lon: 0, zoom: 1},
    basemap: {type: "default", name: "Map"},
    layers: [
      {
        type: "markers",
        name: "Regions",
        location: {mode: "coords", latitude: "latitude", longitude: "longitude"},
        config: {
          showLegend: false,
          style: {
            size: {field: "Value", fixed: 5, min: 5, max: 30},
            text: {field: "region", mode: "field"},
          },
        },
      },
    ],
  },
};
