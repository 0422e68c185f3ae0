import assert from "node:assert/strict";
import {test} from "node:test";
import {type Rules, rulesSchema} from "../../proxy/policy.ts";
import {policyChanges} from "./policy.ts";

type Input = Parameters<typeof rulesSchema.parse>[0];
const rules = (input: Input): Rules => rulesSchema.parse(input);

const arms = [
  {name: "control", weight: 1},
  {name: "capped", weight: 3, mutations: [{name: "c", cap: {max_tokens: 9}}]},
];

const cases: Record<string, [before: Input, after: Input, sentences: string[]]> = {
  nothing: [{mutations: [{name: "m", drop: ["x"]}]}, {mutations: [{name: "m", drop: ["x"]}]}, []],
  "a mutation of every kind, for some": [
    {},
    {
      mutations: [
        {
          name: "m",
          when: {
            models: ["codex"],
            editors: ["vscode"],
            versions: {from: "1.60"},
            languages: ["go"],
            share: 20,
          },
          logitBias: {"50256": -100},
          drop: ["best_of"],
          set: {"extra.a": [1]},
          default: {n: 1},
          cap: {max_tokens: 100},
          stop: ["\n\n"],
        },
      ],
    },
    [
      'mutation m is new: it biases token 50256 by -100, drops best_of, sets extra.a to [1], gives n the default 1, caps max_tokens at 100, stops at "\\n\\n", for 20 % of users; models codex; editors vscode; from 1.60; languages go',
    ],
  ],
  "a rule that changes, and one that goes": [
    {mutations: [{name: "a", cap: {n: 5}}, {name: "b"}]},
    {mutations: [{name: "a", cap: {n: 3}}]},
    [
      "mutation a caps n at 3; before, it caps n at 5",
      "mutation b is gone; before, it does nothing",
    ],
  ],
  "another order": [
    {mutations: [{name: "a"}, {name: "b"}]},
    {mutations: [{name: "b"}, {name: "a"}]},
    ["mutations are in another order: b, a"],
  ],
  "an experiment": [
    {},
    {experiments: [{name: "e", arms}]},
    [
      "experiment e is new: it compares control (weight 1) with capped (weight 3, caps max_tokens at 9)",
    ],
  ],
  "a mirror": [
    {mirrors: [{name: "m", share: 1, model: "nano"}]},
    {},
    ["mirror m is gone; before, it copies 1 % to nano, 16 at a time for up to 10000 ms"],
  ],
  "a client rule": [
    {},
    {clients: [{name: "old", editor: "vscode", below: "1.60", text: "Update."}]},
    ['client rule old is new: it answers editor vscode below 1.60 with 466: "Update."'],
  ],
  limits: [{}, {limits: {perSecond: 10}}, ["limits.perSecond: 50 -> 10"]],
  "who is revoked is not said": [
    {revoked: {users: ["github:1"], keys: ["k"]}},
    {revoked: {users: ["github:2", "github:3"]}},
    ["2 users more revoked", "1 users no longer revoked", "1 keys no longer revoked"],
  ],
};

for (const [what, [before, after, sentences]] of Object.entries(cases))
  test(`policy: ${what}`, () =>
    assert.deepEqual(policyChanges(rules(before), rules(after)), sentences));
