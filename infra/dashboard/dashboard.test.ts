import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../fixture.ts";
import {gpuWorld} from "../gpus.ts";
import {dashboardOf} from "./dashboard.ts";

const {panels, ...dashboard} = dashboardOf(gpuWorld);
const source = {type: "prometheus", uid: "$source"};

test("a panel is what Grafana takes", () => {
  const {gridPos, id, ...panel} = panels.find(({title}) => title === "Cancels by phase")!;
  assert.deepEqual([gridPos.w, gridPos.h], [8, 8]);
  assert.deepEqual(panel, {
    title: "Cancels by phase",
    description: "How far requests had come when their clients left.",
    type: "timeseries",
    datasource: source,
    targets: [
      {
        refId: "Q1",
        datasource: source,
        expr: 'sum by (phase) (rate(meridian_cancels_total{region=~"$region"}[$__rate_interval]))',
        legendFormat: "{{phase}}",
      },
    ],
    fieldConfig: {defaults: {unit: "reqps", min: 0}, overrides: []},
  });
});

test("the map has a query for each region, which says where it is", () => {
  const {targets = [], type} = panels.find(({title}) => title === "Requests by region")! ?? {};
  assert.equal(type, "geomap");
  assert.deepEqual(
    targets.map(({expr}) => /"latitude", "([^"]*)".*"longitude", "([^"]*)"/.exec(expr)?.slice(1)),
    [
      ["36.6681", "-78.3889"],
      ["52.3667", "4.9"],
    ],
  );
});

test("servers of one's own have a row where there are any", () => {
  const titles = (world: typeof smallWorld) =>
    dashboardOf(world)
      .panels.filter(({type}) => type === "row")
      .map(({title}) => title);
  const own = "Servers of one's own";
  assert.deepEqual(
    titles(gpuWorld).filter((title) => title !== own),
    titles(smallWorld),
  );
  assert.ok(titles(gpuWorld).includes(own));
});

test("panels fill their rows, and none lies on another", () => {
  const taken = new Map<string, string>();
  for (const {title, gridPos} of panels)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(x < 24, title);
        assert.equal(taken.get(`${x}/${y}`), undefined, title);
        taken.set(`${x}/${y}`, title);
      }
  assert.deepEqual(
    panels.map(({id}) => id),
    panels.map((_, at) => at + 1),
  );
});

test("data source and regions are the reader's to choose", () => {
  assert.deepEqual(
    dashboard.templating.list.map(({name, type}) => [name, type]),
    [
      ["source", "datasource"],
      ["region", "query"],
    ],
  );
  for (const {type, targets = []} of panels)
    for (const {expr} of targets)
      assert.ok(type === "row" || expr.includes('region=~"$region"'), expr);
});
