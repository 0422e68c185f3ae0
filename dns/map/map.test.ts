import assert from "node:assert/strict";
import {test} from "node:test";
import {locations} from "../../regions/azure.ts";
import {places} from "../../regions/places/places.ts";
import {readWorld} from "../../regions/read.ts";
import {withoutRegions} from "../lost.ts";
import {planOf} from "../plan.ts";
import {drawGround, drawMap, pointOnMap} from "./map.ts";

const world = readWorld();
const plan = planOf(world);

/** Class by the code of what is drawn. */
function classes(svg: string): Map<string, string> {
  const drawn = svg.matchAll(/class="(?:land|dot) (\w+)"[^>]*><title>[^<]*\(([\w-]+)\)</g);
  return new Map([...drawn].map(([, kind, code]) => [code!, kind!]));
}

test("every place is drawn, in the colour that the legend gives its pool", () => {
  const svg = drawMap(world, plan);
  const drawn = classes(svg);
  assert.deepEqual(
    places.filter(({azure}) => !drawn.has(azure)),
    [],
  );
  const legend = new Map(
    [...svg.matchAll(/<rect class="([ph]\d)"[^>]*\/><text x="22">([\w.-]+?)[:,]/g)].map(
      ([, kind, pool]) => [pool!, kind!],
    ),
  );
  for (const {name, places} of plan.rules)
    for (const {place} of places)
      assert.equal(drawn.get(place.azure), legend.get(name), place.code);
});

test("the EU is hatched beside the others of its pool, and where it has the pool alone it is not", () => {
  const drawn = classes(drawMap(world, plan));
  assert.equal(drawn.get("DE"), drawn.get("ZA")?.replace("p", "h"));
  assert.match(drawn.get("DE")!, /^h\d$/);
  const alone = {...world, routing: {...world.routing, places: {}}};
  const own = {...planOf(alone), rules: planOf(alone).rules.filter(({name}) => name !== "europe")};
  assert.match(classes(drawMap(alone, own)).get("DE")!, /^p\d$/);
});

test("regions are drawn with their state; one that is lost is crossed, and its places change colour", () => {
  const regions = world.regions.map((region) =>
    region.name === "japaneast" ? {...region, state: "draining" as const} : region,
  );
  const drained = drawMap({...world, regions}, planOf({...world, regions}));
  assert.match(drained, /class="region out"[^>]*\/><text[^>]*>japaneast \(draining\)/);

  const svg = drawMap(world, withoutRegions(plan, ["brazilsouth"]), ["brazilsouth"]);
  assert.match(svg, /<title>Who is served where: \S+, if brazilsouth is lost<\/title>/);
  assert.match(svg, /class="region out"[^>]*\/><path class="lost"[^>]*\/><text[^>]*>brazilsouth</);
  assert.notEqual(classes(svg).get("BR"), classes(drawMap(world, plan)).get("BR"));
  assert.equal(classes(svg).get("BR"), classes(svg).get("US-NY"));
});

test("a place without a region is grey, and the legend says so", () => {
  const svg = drawMap(world, withoutRegions(plan, ["westeurope", "swedencentral"]));
  assert.equal(classes(svg).get("DE"), "unserved");
  assert.match(svg, /europe\.EU: served by none/);
});

test("what is drawn is well-formed, and its colours are said for light and for dark", () => {
  const svg = drawMap(world, plan);
  const open = [...svg.matchAll(/<(\w+)(?: [^>]*[^/])?>/g)].map(([, tag]) => tag).toSorted();
  const closed = [...svg.matchAll(/<\/(\w+)>/g)].map(([, tag]) => tag).toSorted();
  assert.deepEqual(open, closed);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  for (const kind of ["p0", "p1", "p2", "p3", "ground"])
    assert.equal(svg.split(`.${kind}{`).length, 3, kind);
});

test("the ground has every place in the map's colour and nothing else; points are the map's", () => {
  const svg = drawMap(world, plan);
  const ground = drawGround(world, plan);
  assert.deepEqual(classes(ground), classes(svg));
  assert.doesNotMatch(ground, /<text|class="region/);
  const [x, y] = pointOnMap(locations.get("japaneast")!);
  assert.match(svg, new RegExp(`translate\\(${x} ${y}\\)"><circle[^>]*/><text[^>]*>japaneast<`));
});
