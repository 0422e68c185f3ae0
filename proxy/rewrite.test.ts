import assert from "node:assert/strict";
import {test} from "node:test";
import type {Mutation} from "./policy.ts";
import {type Body, rewrite} from "./rewrite.ts";

const none: Mutation = {name: "m", models: [], logitBias: {}, drop: []};

const cases: Record<string, [body: Body, mutation: Partial<Mutation>, after: Body]> = {
  "merges a bias beside the client's": [
    {logit_bias: {"1": 5}},
    {logitBias: {"50256": -100}},
    {logit_bias: {"1": 5, "50256": -100}},
  ],
  "overrides the client's bias for the same token": [
    {logit_bias: {"50256": 100}},
    {logitBias: {"50256": -100}},
    {logit_bias: {"50256": -100}},
  ],
  "replaces a bias that is no object": [
    {logit_bias: "x"},
    {logitBias: {"1": 1}},
    {logit_bias: {"1": 1}},
  ],
  "drops a parameter": [{best_of: 3, n: 1}, {drop: ["best_of"]}, {n: 1}],
  "drops a nested parameter and leaves its siblings": [
    {extra: {a: 1, next_indent: 4}},
    {drop: ["extra.next_indent"]},
    {extra: {a: 1}},
  ],
  "leaves a path through something that is no object": [
    {extra: "text"},
    {drop: ["extra.next_indent", "missing.too"]},
    {extra: "text"},
  ],
  "leaves other models alone": [{best_of: 3}, {models: ["other"], drop: ["best_of"]}, {best_of: 3}],
};

for (const [name, [body, mutation, after]] of Object.entries(cases)) {
  test(`rewrite ${name}`, () => {
    rewrite(body, "codex", [{...none, ...mutation}]);
    assert.deepEqual(body, after);
  });
}
