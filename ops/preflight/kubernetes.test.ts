import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {minors} from "../../regions/kubernetes.ts";
import {type Demand, type Held, nothingHeld} from "./demand.ts";
import {judgeKubernetes, kubernetesSchema} from "./kubernetes.ts";
import {kubernetes} from "./main.rig.ts";

const {values: offered} = kubernetesSchema.parse(kubernetes);
const demand = (version: string): Demand => ({
  deployments: [],
  pools: [],
  kubernetes: version,
});
const judge = (version: string, has?: string) => {
  const held: Held = {...nothingHeld, kubernetes: has};
  const [verdict] = judgeKubernetes(demand(version), offered, held);
  const {status, found, mend} = verdict!;
  return [`${status} ${found}`, mend].filter(Boolean).join(" -> ");
};

const WRITE = "write one of 1.35, 1.36, 1.37 as cluster.version";
const cases: Record<string, readonly [asked: [version: string, has?: string], said: string]> = {
  "a version that is offered": [["1.36"], "ok offered, supported until 2027-06-30"],
  "a version past its support": [["1.34"], `short for long-term support alone -> ${WRITE}`],
  "a preview": [["1.38"], `short a preview -> ${WRITE}`],
  "one that is not offered": [["1.99"], `short not offered here -> ${WRITE}`],
  "what the cluster has": [["1.34", "1.34.6"], "ok the cluster has it, supported until 2026-11-30"],
  "the next": [["1.36", "1.35.2"], "ok offered, supported until 2027-06-30"],
  "the next, which is a preview": [["1.38", "1.37.0"], `short a preview -> ${WRITE}`],
  "the one after the next": [
    ["1.36", "1.34.6"],
    "short the cluster has 1.34.6 -> AKS leaves no version out: write 1.35 as cluster.version and bring it up first",
  ],
  "the one before": [
    ["1.35", "1.36.0"],
    "short the cluster has 1.36.0 -> AKS does not go back: write 1.36 as cluster.version",
  ],
};

for (const [what, [asked, said]] of Object.entries(cases))
  test(`Kubernetes: ${what}`, () => assert.equal(judge(...asked), said));

test("Azure's answer of nothing is no version, not a fault", () => {
  const {values} = kubernetesSchema.parse({});
  const [verdict] = judgeKubernetes(demand("1.36"), values, nothingHeld);
  assert.equal(verdict!.mend, "write one of those that Azure lists as cluster.version");
});

test("following the mend from any version leads to the one that is wanted, without one that is short", () =>
  fc.assert(
    fc.property(fc.integer({min: 0, max: 20}), fc.integer({min: 0, max: 20}), (from, more) => {
      const wanted = Object.keys(minors).at(-1)!;
      const oldest = Number(wanted.split(".")[1]) - (from % 12);
      let has = `1.${oldest}.${more}`;
      for (let step = 0; step <= 12 && !judge(wanted, has).startsWith("ok"); step++) {
        const [, next] = /write (1\.\d+) as/.exec(judge(wanted, has)) ?? [];
        has = `${next}.0`;
      }
      assert.match(judge(wanted, has), /^ok /);
    }),
    {seed: 17},
  ));
