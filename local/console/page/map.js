import {byId, svg} from "./dom.js";

/** @import {Description, PageRegion, PageSnapshot} from "./world.d.ts" */
/** @import {Selection} from "./selection.js" */
/** @typedef {[x: number, y: number]} Point */

/** Radius of a region without traffic, and what a request a second adds to its area. */
const LEAST_RADIUS = 6;
const AREA_EACH = 22;

/**
 * Regions and arcs over the plan's own drawing of the world.
 * @param {Description} world
 * @param {{clicked: (region: string) => void}} options
 */
export function createMap(world, {clicked}) {
  const regionAt = new Map(world.regions.map(({name, at}) => [name, at]));
  const placeAt = new Map(world.places.map(({code, at}) => [code, at]));
  const ground = /** @type {HTMLImageElement} */ (byId("ground"));
  const nodes = new Map(world.regions.map(({name, at}) => [name, createNode(name, at)]));
  // Names over all circles: regions may be close to each other.
  byId("dots").append(...[...nodes.values()].map(({element}) => element));
  byId("names").append(...[...nodes.values()].map(({label}) => label));
  for (const [name, {element, label}] of nodes)
    for (const part of [element, label]) part.addEventListener("click", () => clicked(name));
  let without = "";

  /** @param {PageSnapshot} snapshot */
  function show({regions, arcs}) {
    for (const region of regions) nodes.get(region.name)?.show(region);
    byId("arcs").replaceChildren(
      ...arcs.flatMap(({place, region, perS}) => {
        const [from, to] = [placeAt.get(place), regionAt.get(region)];
        return from && to ? arc(from, to, perS) : [];
      }),
    );
    repaint(
      regions
        .filter(({dns}) => dns !== "in")
        .map(({name}) => name)
        .join(),
    );
  }

  /** @param {string} next Regions that are out: the places that they served go to others. */
  function repaint(next) {
    if (next === without) return;
    without = next;
    ground.src = `map.svg?without=${encodeURIComponent(next)}`;
  }

  /** @param {Selection} selection */
  function choose({place, region, explanation}) {
    for (const [name, {element}] of nodes)
      element.toggleAttribute("data-selected", name === region);
    const from = placeAt.get(place);
    const to = regionAt.get(explanation.region ?? "");
    if (!from) return;
    const [cx, cy] = from;
    byId("chosen").replaceChildren(
      ...(to ? [svg("path", {d: curve(from, to)})] : []),
      svg("circle", {cx, cy, r: 7}),
    );
  }

  return {show, choose};
}

/**
 * @param {string} name
 * @param {Point} at
 */
function createNode(name, [x, y]) {
  const halo = svg("circle", {class: "halo", r: LEAST_RADIUS});
  const circle = svg("circle", {r: LEAST_RADIUS});
  const rate = svg("tspan", {});
  const transform = `translate(${x} ${y})`;
  const label = svg("text", {transform, y: 4}, `${name} `, rate);
  const element = svg("g", {class: "node", transform, "data-region": name}, halo, circle);

  /** @param {PageRegion} region */
  function show(region) {
    const radius = Math.sqrt(LEAST_RADIUS ** 2 + region.perS * AREA_EACH);
    element.setAttribute("class", `node ${standingOf(region)}`);
    circle.setAttribute("r", radius.toFixed(1));
    halo.setAttribute("r", (radius * 1.7).toFixed(1));
    label.setAttribute("x", String(Math.ceil(radius) + 5));
    rate.textContent = `${region.perS.toFixed(1)}/s`;
  }

  return {element, label, show};
}

/**
 * In one word, as the legend has it.
 * @param {PageRegion} region
 */
export function standingOf({dns, pods}) {
  const votes = pods.filter(({vote}) => vote === "in").length;
  if (dns === "drained") return "drained";
  if (dns === "out" || votes === 0) return "out";
  return votes < pods.length ? "part" : "in";
}

/**
 * @param {Point} from
 * @param {Point} to
 * @param {number} perS
 */
function arc(from, to, perS) {
  const [cx, cy] = from;
  const width = Math.min(4, 0.8 + perS);
  return [
    svg("path", {d: curve(from, to), "stroke-width": width.toFixed(1)}),
    svg("circle", {cx, cy, r: 2}),
  ];
}

/**
 * Bent upwards, the more the further.
 * @param {Point} from
 * @param {Point} to
 */
function curve([x1, y1], [x2, y2]) {
  const bend = 0.18 * Math.hypot(x2 - x1, y2 - y1);
  return `M${x1} ${y1}Q${((x1 + x2) / 2).toFixed(1)} ${((y1 + y2) / 2 - bend).toFixed(1)} ${x2} ${y2}`;
}
