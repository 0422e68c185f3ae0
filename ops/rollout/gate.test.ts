import assert from "node:assert/strict";
import {test} from "node:test";
import {judge, questions, type Sample, type Verdict} from "./gate.ts";

const objective = {success: 0.99, firstByteMs: 400, windowMs: 60_000};

/** A hundred turns, all of them well but so many. */
function turns(region: string, {bad = 0, late = 0, fault = "answered 502"} = {}): Sample[] {
  return Array.from({length: 100}, (_, turn) =>
    questions.map((asked): Sample => {
      if (asked !== "completion") return {region, asked, fault: undefined};
      if (turn < bad) return {region, asked, fault};
      return {region, asked, fault: undefined, firstByteMs: turn < bad + late ? 500 : 100 + turn};
    }),
  ).flat();
}

const good = "first byte 149 ms at the median, 194 ms at the 95th percentile of 400";
const cases: Record<string, {samples: Sample[]; others?: string[]; verdict: Verdict}> = {
  well: {
    samples: turns("a"),
    verdict: {how: "passed", seen: [`a: 300 of 300 answers good; ${good}`]},
  },
  "at the objective": {
    samples: turns("a", {bad: 3}),
    verdict: {
      how: "passed",
      seen: [
        "a: 297 of 300 answers good; first byte 151 ms at the median, 195 ms at the 95th percentile of 400; 3× completion: answered 502",
      ],
    },
  },
  "under the objective": {
    samples: turns("a", {bad: 4}),
    verdict: {
      how: "failed",
      seen: [
        "a: 296 of 300 answers good; first byte 151 ms at the median, 195 ms at the 95th percentile of 400; 4× completion: answered 502",
      ],
    },
  },
  "too late, while another is well": {
    samples: [...turns("a", {late: 100}), ...turns("b")],
    others: ["b"],
    verdict: {
      how: "failed",
      seen: [
        "a: 200 of 300 answers good; first byte 500 ms at the median, 500 ms at the 95th percentile of 400; 100× completion: first byte later than 400 ms",
        `b: 300 of 300 answers good; ${good} (not of this wave)`,
      ],
    },
  },
  "as bad as the others": {
    samples: [...turns("a", {bad: 100}), ...turns("b", {bad: 100})],
    others: ["b"],
    verdict: {
      how: "held",
      seen: [
        "a: 200 of 300 answers good; 100× completion: answered 502",
        "b: 200 of 300 answers good; 100× completion: answered 502 (not of this wave)",
      ],
    },
  },
  "one of the others is well": {
    samples: [...turns("a", {bad: 100}), ...turns("b", {bad: 100}), ...turns("c")],
    others: ["b", "c"],
    verdict: {
      how: "failed",
      seen: [
        "a: 200 of 300 answers good; 100× completion: answered 502",
        "b: 200 of 300 answers good; 100× completion: answered 502 (not of this wave)",
        `c: 300 of 300 answers good; ${good} (not of this wave)`,
      ],
    },
  },
  "asked too little": {
    samples: turns("a").slice(0, 2),
    verdict: {
      how: "failed",
      seen: [
        "a: 2 of 2 answers good; first byte 100 ms at the median, 100 ms at the 95th percentile of 400; no cancel was asked for",
      ],
    },
  },
  "a single fault of few": {
    samples: turns("a", {bad: 1}).slice(0, 6),
    verdict: {
      how: "passed",
      seen: [
        "a: 5 of 6 answers good; first byte 101 ms at the median, 101 ms at the 95th percentile of 400; 1× completion: answered 502",
      ],
    },
  },
  "nothing seen at all": {
    samples: [],
    verdict: {
      how: "failed",
      seen: [
        "a: 0 of 0 answers good; no health page was asked for; no completion was asked for; no cancel was asked for",
      ],
    },
  },
};

for (const [name, {samples, others = [], verdict}] of Object.entries(cases))
  test(name, () =>
    assert.deepEqual(judge({samples, wave: ["a"], others, objectiveOf: () => objective}), verdict),
  );
