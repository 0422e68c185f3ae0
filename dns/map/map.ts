import {type GeoProjection, geoEqualEarth, geoPath} from "d3-geo";
import {locations} from "../../regions/azure.ts";
import {type Place, places} from "../../regions/places/places.ts";
import type {Region, World} from "../../regions/world.ts";
import {shareOf} from "../people.ts";
import type {Plan, Rule} from "../plan.ts";
import {inMs, sharesOf, summarize} from "../report.ts";
import {countryShapes} from "./shapes.ts";

const WIDTH = 960;
/** The size of the world map; the legend comes below it. */
const HEIGHT = 470;
const LINE = 20;

/**
 * The plan on a map of the world, as SVG: countries in the colour of the pool that serves them; dots
 * for states and for what is too small for a shape; regions sized by weight. `lost` are regions that
 * the plan has been left without.
 */
export function drawMap(world: World, plan: Plan, lost: readonly string[] = []): string {
  const projection = projectionOf();
  const colourOf = colours(world);
  const fill = fillOf(plan, colourOf);
  const legend = legendOf(plan, colourOf);
  const height = HEIGHT + LINE * (legend.length + 2);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(titleOf(world, lost))}</title>`,
    `<style>${STYLE}${paletteOf(world)}</style>`,
    ...hatches(world),
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    ...shapes(projection, fill),
    ...dots(projection, fill),
    ...world.regions.map((region) => marker(region, projection, {colourOf, lost})),
    ...legend.map(
      (line, index) => `<g transform="translate(16 ${HEIGHT + LINE * (index + 1)})">${line}</g>`,
    ),
    `<text class="quiet" x="16" y="${height - 12}">${escaped(KEY)}</text>`,
    "</svg>\n",
  ].join("\n");
}

/** Countries and dots only, for callers that draw the regions themselves with `pointOnMap`. */
export function drawGround(world: World, plan: Plan): string {
  const projection = projectionOf();
  const fill = fillOf(plan, colours(world));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<style>${STYLE}${paletteOf(world)}</style>`,
    ...hatches(world),
    ...shapes(projection, fill),
    ...dots(projection, fill),
    "</svg>\n",
  ].join("\n");
}

/** Where a place or a location is on the map, in units of its viewBox. */
export function pointOnMap(at: Pick<Place, "longitude" | "latitude">): [x: number, y: number] {
  const [x, y] = pointOf(projectionOf(), at);
  return [Number(x), Number(y)];
}

const projectionOf = (): GeoProjection =>
  geoEqualEarth().fitExtent(
    [
      [4, 4],
      [WIDTH - 4, HEIGHT - 4],
    ],
    {type: "Sphere"},
  );

/** Follows the reader's light or dark setting. Colours are classes, so that each is defined once for both. */
const STYLE = `
.ground{fill:#fff}text{fill:#1f2328}.quiet{fill:#59636e}.land{stroke:#fff;stroke-width:.5}.unserved{fill:#d1d9e0}
.dot{stroke:#fff;stroke-width:.6}.hatch{stroke:#1f2328;stroke-opacity:.55;stroke-width:1.6}.region{stroke:#1f2328;stroke-width:1.5}.out{fill:none;stroke-dasharray:3 2}
.lost{stroke:#d1242f;stroke-width:2.5;fill:none}.name{paint-order:stroke;stroke:#fff;stroke-width:3px;font-weight:600}
@media(prefers-color-scheme:dark){.ground{fill:#0d1117}text{fill:#f0f6fc}.quiet{fill:#9198a1}.land,.dot{stroke:#0d1117}.hatch{stroke:#f0f6fc}
.unserved{fill:#3d444d}.region{stroke:#f0f6fc}.lost{stroke:#ff7b72}.name{stroke:#0d1117}}`;

const KEY =
  "A region's circle grows with its weight; dashed: planned or draining; crossed: lost. Dots: states and small places. Hatched: bound by a residency.";

const titleOf = ({service}: World, lost: readonly string[]): string =>
  `Who is served where: ${service.hostname}${lost.length > 0 ? `, if ${lost.join(" and ")} is lost` : ""}`;

/** The CSS class of a pool. Hues are a golden angle apart, so that neighbours in the list never look alike. */
function colours(world: World): (pool: string) => string {
  const pools = poolNames(world);
  return (pool) => `p${pools.indexOf(pool)}`;
}

function paletteOf(world: World): string {
  const rules = poolNames(world).map((_, index) => {
    const hue = Math.round((210 + index * 137.508) % 360);
    return {
      light: `.p${index}{fill:hsl(${hue} 55% 60%)}.h${index}{fill:url(#h${index})}`,
      dark: `.p${index}{fill:hsl(${hue} 45% 45%)}.h${index}{fill:url(#h${index})}`,
    };
  });
  const of = (kind: "light" | "dark") => rules.map((rule) => rule[kind]).join("");
  return `\n${of("light")}\n@media(prefers-color-scheme:dark){${of("dark")}}\n`;
}

/** The colours of the palette with lines over them. */
const hatches = (world: World): string[] =>
  poolNames(world).map(
    (_, index) =>
      `<pattern id="h${index}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="p${index}" width="5" height="5"/><path class="hatch" d="M0 0V5"/></pattern>`,
  );

/** Counts pools of regions that do not serve too, so that draining a pool does not change the colours of others. */
const poolNames = ({regions}: World): string[] =>
  [...new Set(regions.map(({pool}) => pool))].toSorted();

/** The CSS class of a place. */
function fillOf(plan: Plan, colourOf: (pool: string) => string): (place: Place) => string {
  const fills = new Map(
    plan.rules.flatMap((rule) => {
      const fill = ruleFill(rule, plan, colourOf);
      return rule.places.map(({place}) => [place, fill] as const);
    }),
  );
  return (place) => fills.get(place) ?? UNSERVED;
}

const UNSERVED = "unserved";

/** Places whose residency binds them are hatched where others are served by the same pool. */
function ruleFill(rule: Rule, {rules}: Plan, colourOf: (pool: string) => string): string {
  const [pool] = rule.chain;
  if (pool === undefined) return UNSERVED;
  const isShared = rules.some((other) => other !== rule && other.chain[0] === pool);
  const colour = colourOf(pool);
  return rule.name.includes(".") && isShared ? colour.replace("p", "h") : colour;
}

function shapes(projection: GeoProjection, fill: (place: Place) => string): string[] {
  const path = geoPath(projection).digits(1);
  return countryShapes()
    .toSorted((a, b) => (a.country.code < b.country.code ? -1 : 1))
    .map(
      ({country, outline}) =>
        `<path class="land ${fill(country)}" d="${path(outline)}"><title>${escaped(nameOf(country))}</title></path>`,
    );
}

function dots(projection: GeoProjection, fill: (place: Place) => string): string[] {
  const drawn = new Set(countryShapes().map(({country}) => country));
  return places
    .filter((place) => !drawn.has(place))
    .map((place) => {
      const [x, y] = pointOf(projection, place);
      return `<circle class="dot ${fill(place)}" cx="${x}" cy="${y}" r="3"><title>${escaped(nameOf(place))}</title></circle>`;
    });
}

function marker(
  {name, pool, weight, state}: Region,
  projection: GeoProjection,
  {colourOf, lost}: {colourOf: (pool: string) => string; lost: readonly string[]},
): string {
  const [x, y] = pointOf(projection, locations.get(name)!);
  const radius = fixed(5 + 0.8 * Math.sqrt(weight));
  const kind = state === "serving" && !lost.includes(name) ? colourOf(pool) : "out";
  const cross = lost.includes(name) ? `<path class="lost" d="M-7-7 7 7M7-7-7 7"/>` : "";
  const note = state === "serving" ? "" : ` (${state})`;
  return `<g transform="translate(${x} ${y})"><circle class="region ${kind}" r="${radius}"/>${cross}<text class="name" x="${Math.ceil(Number(radius)) + 3}" y="4">${escaped(name + note)}</text></g>`;
}

/** A line for each rule: colour, regions and what its people may expect. */
function legendOf(plan: Plan, colourOf: (pool: string) => string): string[] {
  return plan.rules.map((rule) => {
    const pool = plan.pools.find(({name}) => name === rule.chain[0]);
    const people = `${(100 * shareOf(rule.places.map(({place}) => place))).toFixed(1)}% of people`;
    const text = pool
      ? `${rule.name}${rule.name.startsWith(pool.name) ? "" : `, by ${pool.name}`}: ${sharesOf(pool)} · ${rule.places.length} places, ${people}, median ${inMs(summarize(rule).medianMs)} ms`
      : `${rule.name}: served by none · ${rule.places.length} places, ${people}`;
    const kind = ruleFill(rule, plan, colourOf);
    return `<rect class="${kind}" width="14" height="14" y="-11" rx="3"/><text x="22">${escaped(text)}</text>`;
  });
}

function pointOf(
  projection: GeoProjection,
  {longitude, latitude}: Pick<Place, "longitude" | "latitude">,
): [string, string] {
  const [x, y] = projection([longitude, latitude])!;
  return [fixed(x), fixed(y)];
}

/** The code tells Georgia, the state, from Georgia, the country. */
const nameOf = ({name, azure}: Place): string => `${name} (${azure})`;

const fixed = (value: number): string => String(Math.round(value * 10) / 10);

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
