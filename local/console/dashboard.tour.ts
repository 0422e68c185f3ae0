import assert from "node:assert/strict";
import {mkdirSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import type {EngineState} from "../../cloud/models/batching/engine.ts";
import {createMetrics} from "../../cloud/models/vllm-server/metrics.ts";
import {createEditor} from "../../editor/editor.ts";
import {completionOf} from "../../editor/received.ts";
import {isAlert} from "../../infra/alerts/rule.ts";
import {groupsOf} from "../../infra/alerts/world.ts";
import {dashboardOf} from "../../infra/dashboard/dashboard.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {gpuWorld} from "../../infra/gpus.ts";
import {rulesSchema} from "../../proxy/policy.ts";
import type {World} from "../../regions/world.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {
  findPrometheus,
  NO_PROMETHEUS,
  type Prometheus,
  startPrometheus,
} from "../../setup/prometheus.ts";
import {connectTo} from "../world/connect.ts";
import {type RunningWorld, startWorld} from "../world/world.ts";
import {targetsOf} from "./targets.ts";
import {startTraffic, storm} from "./traffic.ts";

const prometheus = findPrometheus();
const envoy = findEnvoy();
const missing = prometheus ? (envoy ? undefined : "NOT RUN: no Envoy") : NO_PROMETHEUS;
const LIMIT_MS = 15_000;

if (missing) console.log(`dashboard.tour.ts: ${missing}`);
else describe("dashboard and rules by the metrics of a service that runs", tour);

/** Two regions, with all that a dashboard shows. */
const world: World = {
  ...smallWorld,
  traffic: rulesSchema.parse({
    experiments: [
      {
        name: "shorter",
        arms: [
          {name: "control", weight: 1},
          {name: "capped", weight: 1, mutations: [{name: "cap", cap: {max_tokens: 10}}]},
        ],
      },
    ],
    mirrors: [{name: "other", share: 100, deployment: "copilot-codex-standard"}],
  }),
};

function tour() {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  let running: RunningWorld;
  let asked: Prometheus;
  let traffic: ReturnType<typeof startTraffic>;

  before(async () => {
    const place = {folder: join(folder, "world"), block: 144};
    // A storm of cancels is more than an even share of a minute's requests.
    running = await startWorld({world, proxies: 1, envoy, quotaFactor: 10, ...place});
    mkdirSync(join(folder, "prometheus"));
    asked = await startPrometheus({
      program: prometheus!,
      folder: join(folder, "prometheus"),
      targets: targetsOf(running),
    });
    traffic = startTraffic({world, running, ended: () => {}});
    await refused(running);
    await Promise.all(world.regions.map(({name}) => typedThrough(running, name)));
  });

  after(async () => {
    await traffic?.stop();
    await asked?.stop();
    await running?.stop();
    rmSync(folder, {recursive: true});
  });

  test("no panel is empty", async () => {
    const played = queries(world).filter(isPlayed);
    assert.ok(played.length > 40, `${played.length} queries`);
    await allAnswered(played);
  });

  test("what nothing here brings about is looked for by the name that it is told by", async () => {
    const proxy = targetsOf(running).find(({path}) => path === "/metrics")!;
    const pages = await Promise.all([
      fetch(`http://${proxy.address}/metrics`).then((answer) => answer.text()),
      createMetrics("coder", () => IDLE).text(),
    ]);
    const told = new Set(pages.flatMap((page) => page.match(/(?<=^# TYPE )\S+/gm) ?? []));
    const unplayed = queries(gpuWorld).filter((query) => !isPlayed(query));
    const names = unplayed.flatMap(
      ({expression}) => expression.match(/(?:meridian_|vllm:)\w+/g) ?? [],
    );
    assert.ok(names.length > 8, `${names.length} names`);
    const unknown = names.filter((name) => !told.has(name.replace(/_bucket$/, "")));
    assert.deepEqual(unknown, []);
  });

  test("every metric that a rule looks at is there, in each region, under the labels it is looked for by", async () => {
    const expressions = groupsOf(world).flatMap(({rules}) => rules.map((rule) => rule.expression));
    const all = expressions.flatMap((text) => text.match(SELECTOR) ?? []);
    const selectors = new Set(all.filter((selector) => !selector.startsWith(UNSEEN)));
    assert.ok(selectors.size > 30, `${selectors.size} selectors`);
    await allAnswered([...selectors].map((expression) => ({panel: "rule", expression})));
  });

  test("of the cancels that come in time, model hosts are told of most", async () => {
    const rules = groupsOf(world).flatMap(({rules}) => rules.filter(isAlert));
    const lost = rules.find(({alert}) => alert === "CancelsLost")!;
    const now = lost.expression.replaceAll("[10m]", "[10s]");
    const most = now.replace("< 0.5 *", "> 0.5 *");
    // Edges and proxies are scraped one after another: a moment's share is no alert, which waits for ten minutes.
    await allAnswered([{panel: "most", expression: `(${most}) unless on() (${now})`}]);
  });

  test("a query of what is not there is answered by nothing", async () => {
    assert.deepEqual(await asked.query(filledIn('meridian_votes{region=~"$region"}')), []);
    await assert.rejects(asked.query("sum(("), /parse error/);
  });

  /** Asks until all are answered by numbers; says which are not. */
  async function allAnswered(queries: readonly {panel: string; expression: string}[]) {
    let left = queries;
    for (const end = Date.now() + LIMIT_MS; left.length > 0 && Date.now() < end; ) {
      const answers = await Promise.all(left.map(({expression}) => asked.query(expression)));
      left = left.filter((_, at) => !answers[at]!.some(({value}) => Number.isFinite(value)));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    assert.deepEqual(left, []);
  }
}

const queries = (of: World) =>
  dashboardOf(of).panels.flatMap(({title, targets = []}) =>
    targets.map(({expr}) => ({panel: title, expression: filledIn(expr)})),
  );

const isPlayed = ({expression}: {expression: string}) => !UNPLAYED.test(expression);
/** Requests to a second host or to another model, and servers on GPUs: two regions of Azure's models alone have none. */
const UNPLAYED = /meridian_(hedge|overflow)|vllm:/;
const IDLE: EngineState = {
  ...{running: 0, waiting: 0, usage: 0, preemptions: 0},
  ...{promptTokens: 0, cachedTokens: 0, generatedTokens: 0, busyMs: 0},
};

/** It has no series before a host refuses what the service sends; proxy/observe/refused-parameters.test.ts has it do so. */
const UNSEEN = "meridian_parameter_refused_total";
const SELECTOR = /(?<![:\w])(?:meridian|envoy)_\w+(?:\{[^}]*\})?/g;

/** As Grafana does, for all regions; its least rate interval is four scrapes. */
const filledIn = (expression: string): string =>
  expression.replaceAll("$region", ".*").replaceAll("$__rate_interval", "10s");

/** Someone without a token. */
async function refused(running: RunningWorld): Promise<void> {
  const model = Object.keys(world.models)[0]!;
  const wire = connectTo(running, running.regions[0]!);
  const stream = wire.ask({token: "", model, prompt: "x", id: "refused"});
  await assert.rejects(completionOf(stream), /no completion: 401/);
  wire.close();
}

/** A held key; and a model host that has no room for it, then has. */
async function typedThrough(running: RunningWorld, name: string): Promise<void> {
  const region = running.regions.find((region) => region.name === name)!;
  const {credential} = running.people[0]!;
  const editor = createEditor({open: () => connectTo(running, region), credential, stack: 2});
  await storm(editor);
  region.model.busy(1);
  await storm(editor);
  region.model.restore();
  editor.connections.close();
}
