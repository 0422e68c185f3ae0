import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {type Policy, policySchema} from "./policy.ts";
import {candidates} from "./route.ts";

function policy(weights: readonly number[], fallback = 0): Policy {
  const deployment = (name: string, weight: number) => ({upstream: "host", name, weight});
  return policySchema.parse({
    objective: {success: 0.99, firstByteMs: 400, windowMs: 1000},
    upstreams: {host: {url: "https://host", api: "azure", apiVersion: "1", keyFile: "key"}},
    models: {
      codex: {
        deployments: weights.map((weight, index) => deployment(`own-${index}`, weight)),
        fallback: Array.from({length: fallback}, (_, index) => deployment(`far-${index}`, 1)),
      },
    },
  });
}

const names = (policy: Policy, random: () => number) =>
  candidates(policy, "codex", random).map(({name}) => name);

test("each point of the unit interval draws the deployment whose share covers it", () => {
  const shares = policy([80, 20]);
  const drawn = [0, 0.5, 0.799, 0.8, 0.999].map((point) => names(shares, () => point)[0]);
  assert.deepEqual(drawn, ["own-0", "own-0", "own-0", "own-1", "own-1"]);
});

test("every deployment is tried once, the region's own before those of other regions", () => {
  const weights = fc.array(fc.integer({min: 1, max: 100}), {minLength: 1, maxLength: 6});
  const points = fc.infiniteStream(fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}));
  fc.assert(
    fc.property(weights, fc.nat(3), points, (weights, far, points) => {
      const drawn = names(policy(weights, far), () => points.next().value);
      const own = drawn.slice(0, weights.length);
      assert.deepEqual(own.toSorted(), weights.map((_, index) => `own-${index}`).toSorted());
      assert.deepEqual(drawn.slice(weights.length), ["far-0", "far-1", "far-2"].slice(0, far));
    }),
  );
});

test("a model that nobody serves has no candidates", () => {
  assert.deepEqual(candidates(policy([1]), "gpt-9"), []);
});
