import assert from "node:assert/strict";
import {test} from "node:test";
import {rulesSchema} from "../policy.ts";
import {bodyOf} from "./body.ts";
import {languageOf} from "./language.ts";

const when = {languages: ["go"]};
const arms = [
  {name: "a", weight: 1},
  {name: "b", weight: 1},
];
const mutated = [{name: "a", weight: 1, mutations: [{name: "m", when}]}, arms[1]!];

const cases: Record<string, [rules: Parameters<typeof rulesSchema.parse>[0], language?: string]> = {
  nowhere: [{mutations: [{name: "m"}], experiments: [{name: "e", arms}]}],
  "by a mutation": [{mutations: [{name: "m"}, {name: "n", when}]}, "go"],
  "by an experiment": [{experiments: [{name: "e", when, arms}]}, "go"],
  "by an arm's mutation": [{experiments: [{name: "e", arms: mutated}]}, "go"],
  "by a mirror": [{mirrors: [{name: "m", when, share: 1, model: "x"}]}, "go"],
};

for (const [name, [rules, language]] of Object.entries(cases))
  test(`a language that is asked for ${name} is ${language ?? "not read"}`, () => {
    const parsed = rulesSchema.parse(rules);
    for (const _ of [1, 2])
      assert.equal(languageOf(bodyOf({extra: {language: "go"}}), parsed), language);
    assert.equal(languageOf(bodyOf({extra: {language: 1}}), parsed), undefined);
    assert.equal(languageOf(bodyOf({extra: "go"}), parsed), undefined);
  });
