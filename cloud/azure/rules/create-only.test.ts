import assert from "node:assert/strict";
import {test} from "node:test";
import {consequenceOf} from "../../consequence.ts";
import {UNKNOWN} from "../../engine/pulumi-values.ts";
import type {Inputs} from "../../resource.ts";
import {kindOf} from "../../types.ts";
import {setOnce} from "./create-only.ts";
import {type Rule, rules} from "./rules.ts";

/** For each property that is set once: inputs that have it, by its value. */
function* places(rule: Rule, wrap: (value: unknown) => unknown): Generator<typeof wrap> {
  const {createOnly = [], properties = {}, items} = rule;
  for (const key of createOnly) yield (value) => wrap({[key]: value});
  for (const [key, inner] of Object.entries(properties))
    yield* places(inner, (value) => wrap({[key]: value}));
  if (items) yield* places(items, (value) => wrap([{name: "part", ...(value as object)}]));
}

test("whatever is set once is replaced or refused when it changes, and when it comes later", () => {
  let count = 0;
  for (const [type, {body}] of Object.entries(rules))
    for (const inputsOf of places(body, (value) => value)) {
      const kind = kindOf(`azure-native:${type}`)!;
      const [olds, news, without] = [1, 2, undefined].map((value) => inputsOf(value) as Inputs);
      for (const before of [olds!, without!]) {
        const {replaces, frozen} = consequenceOf(
          kind,
          {id: "", inputs: before},
          {stack: "test", inputs: news!},
        );
        assert.ok(replaces.length + frozen.length > 0, `${type} ${JSON.stringify(news)}`);
      }
      count++;
    }
  assert.ok(count >= 7, `${count} properties`);
});

const {body} = rules["network:VirtualNetwork"]!;
const closed = (name: string, defaultOutboundAccess: unknown) => ({name, defaultOutboundAccess});
const network = (...subnets: object[]) => ({subnets});

const cases: Record<string, [olds: object, news: object, paths: readonly string[]]> = {
  "a subnet that is changed": [
    network(closed("nodes", true)),
    network(closed("nodes", false)),
    ["subnets[0].defaultOutboundAccess"],
  ],
  "subnets in another order": [
    network(closed("nodes", true), closed("endpoints", false)),
    network(closed("endpoints", false), closed("nodes", true)),
    [],
  ],
  "a subnet that is new": [
    network(closed("nodes", true)),
    network(closed("new", false), closed("nodes", true)),
    [],
  ],
  "a value that a preview cannot know": [
    network(closed("nodes", true)),
    network(closed("nodes", UNKNOWN)),
    [],
  ],
};

for (const [what, [olds, news, paths]] of Object.entries(cases))
  test(`set once: ${what}`, () => assert.deepEqual(setOnce(body, olds, news), paths));
