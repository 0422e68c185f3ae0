import assert from "node:assert/strict";
import {test} from "node:test";
import {consequenceOf} from "../../consequence.ts";
import type {Inputs} from "../../resource.ts";
import {kindOf} from "../../types.ts";
import {shapes} from "../shapes/shapes.ts";
import data from "./replacement.json" with {type: "json"};
import {replacedFor} from "./replacement.ts";

const cases: Record<string, readonly string[]> = {
  "network:PublicIPAddress": ["location", "publicIPAddressVersion", "publicIPPrefix", "sku"],
  "containerservice:AgentPool": ["gpuInstanceProfile", "networkProfile.nodePublicIPTags", "vmSize"],
  "network:NetworkSecurityGroup": [],
};

for (const [type, paths] of Object.entries(cases))
  test(`azure-native makes another ${type} for: ${paths.join(", ") || "nothing of its list"}`, () =>
    assert.deepEqual(replacedFor(type).toSorted(), paths));

test("every property of azure-native's list is one of its type, and a change of it replaces what bears it", () => {
  for (const [type, names] of Object.entries(data.types)) {
    const kind = kindOf(`azure-native:${type}`);
    if (!kind) continue;
    const known = namesIn(type);
    for (const name of names) assert.ok(known.has(name), `${type} has no ${name}`);
    for (const path of replacedFor(type)) {
      const [olds, news] = ["a", "b"].map((value) => at(path, value));
      const {replaces} = consequenceOf(kind, {id: "", inputs: olds!}, {stack: "s", inputs: news!});
      assert.deepEqual(replaces, [path], type);
    }
  }
});

/** The names of all properties of a type, its parts and theirs. */
function namesIn(type: string): ReadonlySet<string> {
  const parts = new Set([type]);
  for (const part of parts)
    for (const [, name] of JSON.stringify(shapes[part]).matchAll(/"(\w+:\w+)"/g)) parts.add(name!);
  return new Set([...parts].flatMap((part) => Object.keys(shapes[part]!.properties)));
}

const at = (path: string, value: string): Inputs =>
  path.split(".").reduceRight<unknown>((inner, key) => ({[key]: inner}), value) as Inputs;
