import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {fileURLToPath} from "node:url";
import fc from "fast-check";
import {withoutRegions} from "../../dns/lost.ts";
import {planOf} from "../../dns/plan.ts";
import {worlds} from "../../dns/worlds.ts";
import {readWorld} from "../../regions/read.ts";
import {demandOf, type Load, parseLoad, readLoad} from "./load.ts";
import {needOf, tightest} from "./need.ts";
import {carriedBy, peaksOf, scaleOf} from "./scale.ts";

const file = fileURLToPath(new URL("load.yaml", import.meta.url));
const load = readLoad(file);
const world = readWorld();
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const close = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.max(1, a, b);

test("the day in the file is the widely used service's: 400 million, nearly 8,000 a second at the most", () => {
  const hours = [...demandOf(load).values()];
  assert.ok(close(3600 * sum(hours.flat()), 400e6));
  const {peakPerSecond} = scaleOf(world, load);
  assert.ok(Math.abs(peakPerSecond - 8000) < 400, `${peakPerSecond}`);
});

test("what a request takes, by the figures of the bench", () => {
  const region = {...world.regions[0]!, proxies: {min: 3, max: 10}, edges: {min: 3, max: 5}};
  const need = needOf(region, 1000, {...load, perUser: 0.05, seconds: 0.2});
  assert.deepEqual(
    {...need, used: undefined},
    {
      perSecond: 1000,
      cores: 1.369,
      connections: 20_000,
      streams: 200,
      memoryMb: 200 * 0.056 + 20_000 * 0.05 + 3 * 97 + 3 * 73,
      tokens: 66_000,
      used: undefined,
    },
  );
  assert.deepEqual(
    [tightest(need, "quota"), tightest(need, "pods")],
    [
      {limit: "tokens", used: 66_000 / 1000},
      {limit: "connections", used: 20_000 / 100_000},
    ],
  );
});

test("provisioned capacity and other people's hosts have no quota of tokens", () => {
  const [region] = world.regions;
  const provisioned = region!.deployments.map((one) => ({
    ...one,
    sku: "ProvisionedManaged" as const,
  }));
  assert.equal(
    tightest(needOf({...region!, deployments: provisioned}, 10, load), "quota"),
    undefined,
  );
  assert.deepEqual(tightest(needOf({...region!, deployments: []}, 10, load), "quota"), {
    limit: "tokens",
    used: Number.POSITIVE_INFINITY,
  });
});

test("short requests run out before tokens do, by what a unit of the model allows", () => {
  const [region] = world.regions;
  const limits = (promptTokens: number, requestsPerUnit?: number) =>
    tightest(needOf(region!, 100, {...load, promptTokens}, requestsPerUnit), "quota");
  assert.deepEqual(
    [limits(400, 1), limits(400, 10), limits(400), limits(1000, 1)],
    [
      {limit: "requests", used: 6},
      {limit: "tokens", used: 3},
      {limit: "tokens", used: 3},
      {limit: "tokens", used: 6.6},
    ],
  );
  const {regions} = scaleOf(world, {...load, promptTokens: 400});
  for (const {need} of regions) assert.equal(tightest(need, "quota")?.limit, "requests");
});

test("every loss of one and of two is judged, and what residency forbids is not served", () => {
  const {breaking} = scaleOf(world, load);
  const count = world.regions.length;
  assert.equal(breaking.length, count + (count * (count - 1)) / 2);
  assert.deepEqual(
    breaking.filter(({unserved}) => unserved > 0).map(({lost}) => lost),
    [["swedencentral", "westeurope"]],
  );
});

test("no request is lost on the way to a region, and a loss takes nothing off the others", () => {
  fc.assert(
    fc.property(worlds, fc.nat(), (world, pick) => {
      const plan = planOf(world);
      const whole = peaksOf(world, plan, load);
      const serving = plan.pools.flatMap(({members}) => members.map(({region}) => region));
      if (serving.length < 2) return;
      const gone = serving[pick % serving.length]!;
      const after = peaksOf(world, withoutRegions(plan, [gone]), load);
      for (const {region, need} of whole.peaks) {
        if (region === gone) continue;
        const now = after.peaks.find((peak) => peak.region === region)?.need.perSecond ?? 0;
        assert.ok(now >= need.perSecond * (1 - 1e-9), `${region}: ${need.perSecond} to ${now}`);
      }
    }),
    {numRuns: 30},
  );
});

test("a day of as many requests as the file carries fits everywhere, and one of more does not", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const plan = planOf(world);
      const carriedAt = (requestsPerDay: number) => {
        const day = {...load, requestsPerDay};
        return carriedBy(peaksOf(world, plan, day).peaks, day);
      };
      const usedAt = (requestsPerDay: number) => carriedAt(requestsPerDay).short!.used;
      const {requestsPerDay, short} = carriedAt(load.requestsPerDay);
      if (!short) return assert.deepEqual(peaksOf(world, plan, load).peaks, []);
      if (requestsPerDay < 1) return assert.ok(usedAt(1) > 1);
      assert.ok(usedAt(requestsPerDay) <= 1 + 1e-9);
      assert.ok(usedAt(requestsPerDay + 1) > 1 - 1e-9);
    }),
    {numRuns: 30},
  );
});

test("scale ends with what the file carries, and with what it is short of first", () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const {stdout, stderr} = spawnSync(process.execPath, [main], {encoding: "utf8"});
  const {requestsPerDay, short} = scaleOf(world, load).carries;
  const [, carried = "", limit, region] =
    /\n\nThis file carries ([\d,]+) requests a day while every region is up; beyond that it is short of (\w+) in (\w+) first\.\n$/.exec(
      stdout,
    ) ?? assert.fail(stdout + stderr);
  assert.deepEqual([limit, region], [short!.limit, short!.region]);
  const said = Number(carried.replaceAll(",", ""));
  assert.ok(said <= requestsPerDay && said > 0.99 * requestsPerDay, `${said} ${requestsPerDay}`);
});

const text = readFileSync(file, "utf8");

const refused: Record<string, [from: string | RegExp, to: string, message: RegExp]> = {
  "hours that are no day": [
    /byHour: .*/,
    "byHour: [1, 2]",
    /load\.yaml is not valid:\n {2}- byHour: .*24/,
  ],
  "a day without requests": [
    /byHour: .*/,
    `byHour: [${Array(24).fill(0)}]`,
    /byHour: has no hour with requests/,
  ],
  "what it does not know, and what is missing": [
    "seconds:",
    "second:",
    /- seconds: .*Unrecognized key/s,
  ],
  "words for numbers": ["400_000_000", "many", /- requestsPerDay: /],
};

for (const [what, [from, to, message]] of Object.entries(refused))
  test(`a load of ${what} is refused`, () =>
    assert.throws(() => parseLoad(text.replace(from, to), "load.yaml"), {message}));

test("a day of other size has the same shape", () => {
  const half: Load = {...load, requestsPerDay: load.requestsPerDay / 2};
  const [one, other] = [scaleOf(world, load), scaleOf(world, half)];
  assert.ok(close(one.peakPerSecond, 2 * other.peakPerSecond));
});
