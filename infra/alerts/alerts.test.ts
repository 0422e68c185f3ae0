import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {describe, test} from "node:test";
import {smallWorld} from "../fixture.ts";
import {cases} from "./alerts.cases.ts";
import {type Case, groups, promtool, rules, testFile, whyNotRun, written} from "./alerts.rig.ts";
import {ruleFile} from "./prometheus.ts";
import {isAlert} from "./rule.ts";
import {groupsOf} from "./world.ts";

const skip = whyNotRun("alerts.test.ts");
const alerts = groups.flatMap(({rules}) => rules.filter(isAlert));

test("promtool takes the rules, and finds none twice", {skip}, async (t) => {
  const path = written(t, {"rules.yaml": rules});
  const said = await promtool("check", "rules", "--lint=all", path("rules.yaml"));
  const count = groups.flatMap(({rules}) => rules).length;
  assert.match(said, new RegExp(`SUCCESS: ${count} rules found`));
});

test("promtool refuses a rule that is none", {skip}, async (t) => {
  const path = written(t, {"rules.yaml": rules.replace("absent(", "absentt(")});
  const refused = promtool("check", "rules", path("rules.yaml"));
  await assert.rejects(refused, /unknown function.*absentt/);
});

test("what a person reads of an alert", {skip}, async (t) => {
  const file = testFile("rules.yaml", cases["a third of the proxies vote for themselves"]!);
  const alert_rule_test = [
    {
      alertname: "RegionOut",
      eval_time: "75m",
      exp_alerts: [
        {
          exp_labels: {severity: "page", region: "westeurope"},
          exp_annotations: {
            summary: "westeurope is out of rotation",
            description:
              "Fewer than 50 % of its proxies vote for themselves: DNS sends its users elsewhere.",
            runbook:
              'Model host: wait for Azure, and look at No fallback left. Own change: take it back. A region that comes and goes: `state: draining`, `pulumi up --stack dns`, then look in quiet. More: docs/runbooks.md, "Region out".',
          },
        },
      ],
    },
  ];
  const tests = file.tests.map((one) => ({...one, alert_rule_test}));
  const files = {"rules.yaml": rules, "test.json": JSON.stringify({...file, tests})};
  await promtool("test", "rules", written(t, files)("test.json"));
});

describe("two models, of which one promises less", () => {
  const codex = smallWorld.models["copilot-codex"]!;
  const slow = {...codex, objective: {success: 0.9, firstByteMs: 2000}};
  const models = {"copilot-codex": codex, slow};
  const both = ruleFile(groupsOf({...smallWorld, models}), undefined);
  const of = (verdict: string, model = "slow") =>
    `meridian_judged_total{model="${model}",objective="model",verdict="${verdict}"}`;
  const page = {RegionBurn1h: 1, RegionBurn6h: 1, RegionBurn1d: 1, RegionBurn3d: 1};
  const world = {WorldBurn1h: 1, WorldBurn6h: 1, WorldBurn1d: 1, WorldBurn3d: 1};
  const told: Readonly<Record<string, Case>> = {
    "a twentieth of its requests fails: as many as may": {
      changes: {[of("failed")]: "+5", [of("good")]: "+95"},
      fires: {},
    },
    "all of its few requests fail, and thousands of the other's are well": {
      changes: {[of("failed")]: "+1", [of("good")]: "+0"},
      fires: {...page, ...world},
    },
    "a twentieth of the other's fails": {
      changes: {
        [of("good")]: "+1000",
        [of("failed", "copilot-codex")]: "+16",
      },
      fires: {RegionBurn6h: 1, RegionBurn1d: 1, RegionBurn3d: 1, WorldBurn1d: 1, WorldBurn3d: 1},
    },
  };
  for (const [name, one] of Object.entries(told))
    test(name, {skip}, async (t) => {
      const files = {"rules.yaml": both, "test.json": JSON.stringify(testFile("rules.yaml", one))};
      await promtool("test", "rules", written(t, files)("test.json"));
    });

  test("an alert says what is promised of each", () => {
    assert.match(
      both,
      /Promised: 99.5 % within 400 ms \(copilot-codex\), 99.5 % within 800 ms \(next edits of copilot-codex\), 90 % within 2000 ms \(slow\), 90 % within 4000 ms \(next edits of slow\)\./,
    );
  });
});

test("each alert has a case in which it fires", () => {
  const fired = new Set(Object.values(cases).flatMap(({fires}) => Object.keys(fires)));
  const names = new Set(alerts.map(({alert}) => alert));
  assert.deepEqual([...fired].toSorted(), [...names].toSorted());
});

test("each alert has a runbook, and each runbook an alert", () => {
  const page = readFileSync(new URL("../../docs/runbooks.md", import.meta.url), "utf8");
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
  const wanted = new Set(alerts.map(({runbook}) => runbook));
  assert.deepEqual(headings.toSorted(), [...wanted].toSorted());
  for (const {alert} of alerts) assert.ok(page.includes(`\`${alert}\``), alert);
});

test("no group has more rules than Azure takes", () => {
  for (const {name, rules} of groups) assert.ok(rules.length <= 20, name);
});

/** As GitHub makes them. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .replace(/\s/g, "-");
