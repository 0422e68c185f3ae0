import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {dynamicRecord} from "../dns/octodns/octodns.ts";
import {planOf} from "../dns/plan.ts";
import {profilesOf} from "../dns/traffic-manager/traffic-manager.ts";
import {issuingOf} from "../infra/cluster/issuer.ts";
import {policyOf} from "../infra/cluster/proxy.ts";
import {parseIssuing} from "../proxy/issuer/config.ts";
import {OBJECTIVES, objectiveOf, policySchema} from "../proxy/policy.ts";
import {parseWorld} from "../regions/read.ts";
import type {World} from "../regions/world.ts";
import {WorldError} from "../regions/world-error.ts";
import {orderOf} from "./rollout/arguments.ts";

/** Where each duration stands in the file. */
const PATHS = {
  ttl: "service.ttl",
  firstByte: "service.objective.firstByte",
  nextEdits: "service.objective.nextEdits.firstByte",
  own: "models.codex.objective.firstByte",
  window: "service.objective.window",
  lifetime: "service.tokens.lifetime",
  ofKeys: "service.tokens.keys.lifetime",
};
type Key = keyof typeof PATHS;

const usual: Record<Key, string> = {
  ttl: "30s",
  firstByte: "400ms",
  nextEdits: "2s",
  own: "1s",
  window: "60s",
  lifetime: "20m",
  ofKeys: "90d",
};

const fileWith = (key: Key, value: string) => {
  const given: Record<string, string> = {[key]: value};
  const {ttl, firstByte, nextEdits, own, window, lifetime, ofKeys} = {...usual, ...given};
  return `service:
  name: meridian
  hostname: completions.example.com
  zone: example.com
  ttl: ${ttl}
  objective: {success: 99.5%, firstByte: ${firstByte}, window: ${window}, nextEdits: {firstByte: ${nextEdits}}}
  tokens: {lifetime: ${lifetime}, exchange: {kind: github, organizations: [acme]}, keys: {lifetime: ${ofKeys}, clientId: a}}
models:
  codex: {model: gpt-35-turbo-instruct, version: "0914", objective: {firstByte: ${own}}}
defaults:
  cluster: {nodes: 3-12, size: Standard_D4ds_v5}
  proxies: 3-30
  deployments: [{model: codex, sku: Standard, capacity: 240}]
regions:
  eastus2: {}
  westeurope: {}
`;
};

/** Hands the world to every reader of a duration, and checks what each makes of it. */
function assertTaken(world: World): void {
  const [region] = world.regions;
  const plan = planOf(world);
  // DNS counts in whole seconds, and Azure DNS takes no 0: RFC 2181, section 8.
  for (const ttl of [dynamicRecord(world, plan).ttl, world.service.ttlS])
    assert.ok(Number.isInteger(ttl) && ttl >= 1 && ttl < 2 ** 31, `${ttl}`);
  for (const {dnsConfig, monitorConfig} of profilesOf(world, plan)) {
    assert.equal(dnsConfig.ttl, world.service.ttlS);
    const {toleratedNumberOfFailures: tolerated} = monitorConfig;
    assert.ok(Number.isInteger(tolerated) && tolerated >= 0 && tolerated <= 9, `${tolerated}`);
  }
  parseIssuing(JSON.stringify(issuingOf(world)));
  const policy = policySchema.parse(policyOf(world, region!));
  const own = OBJECTIVES.map((name) => objectiveOf(policy, "codex", name));
  const {soakMs} = orderOf({"dry-run": true, journal: ""}, world, {});
  const waits = [policy.objective, ...own].flatMap(({firstByteMs, windowMs}) => [
    firstByteMs,
    windowMs,
  ]);
  for (const ms of [...waits, soakMs]) assert.ok(Number.isInteger(ms) && ms > 0, `${ms}`);
}

const durations = fc
  .tuple(
    fc.oneof(fc.nat(100), fc.nat(100_000), fc.nat(10_000_000)),
    fc.constantFrom("ms", "s", "m", "h", "", "d"),
    fc.constantFrom("", "", "", ".5", "0"),
  )
  .map(([number, unit, more]) => `${number}${more}${unit}`);

for (const key of Object.keys(usual) as Key[])
  test(`whatever ${key} is, those who read it take it, or it is a fault of regions.yaml alone`, () => {
    let taken = 0;
    fc.assert(
      fc.property(durations, (duration) => {
        let world: World;
        try {
          world = parseWorld(fileWith(key, duration));
        } catch (error) {
          assert.ok(error instanceof WorldError, String(error));
          const lines = error.message.split("\n").slice(1);
          assert.equal(lines.length, 1, error.message);
          assert.match(lines[0]!, new RegExp(`^ {2}- \\d+:\\d+ ${PATHS[key]}: `));
          return;
        }
        taken++;
        assertTaken(world);
      }),
      {numRuns: 150},
    );
    assert.ok(taken > 0, "some of them are taken");
  });

const said: Record<string, [key: Key, duration: string, fault: string]> = {
  "a part of a second of DNS": ["ttl", "1500ms", '"1500ms" is 1.5 s; write whole seconds'],
  "a part of a second of a token": [
    "lifetime",
    "600500ms",
    '"600500ms" is 600.5 s; write whole seconds',
  ],
  "no second at all, which is told once": [
    "ttl",
    "500ms",
    '"500ms" is out of bounds; choose 1s to 1h',
  ],
  "a fraction": [
    "window",
    "1.5m",
    '"1.5m" is not a duration; write a whole number and a unit: 400ms, 30s, 20m, 1h, 90d',
  ],
  "minutes and seconds, as YAML 1.1 reads them": [
    "ttl",
    "1:30",
    '"1:30" is not a duration; write a whole number and a unit: 400ms, 30s, 20m, 1h, 90d',
  ],
  "seconds without their unit": ["ttl", "30", "30 has no unit; write it with one: 30s"],
  "a part of a second without its unit": [
    "firstByte",
    "0.4",
    "0.4 has no unit; write it with one: 400ms",
  ],
  "milliseconds without their unit": [
    "firstByte",
    "400",
    "400 has no unit; write it with one: 400ms",
  ],
  "minutes without their unit": ["lifetime", "20", "20 has no unit; write it with one: 20m"],
  "a number that fits no unit": [
    "lifetime",
    "0.001",
    "0.001 has no unit; write it with one, from 10m to 2h",
  ],
};

for (const [name, [key, duration, fault]] of Object.entries(said))
  test(`${name} is told with its mend`, () => {
    assert.throws(
      () => parseWorld(fileWith(key, duration)),
      ({message}: Error) => message.endsWith(`${key}: ${fault}`),
    );
  });

test("whole seconds may be written in any unit", () => {
  for (const [written, ttlS] of Object.entries({"2000ms": 2, "90s": 90, "1m": 60, "1h": 3600}))
    assert.equal(parseWorld(fileWith("ttl", written)).service.ttlS, ttlS);
});
