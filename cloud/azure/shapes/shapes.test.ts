import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {types} from "../../types.ts";
import {misshapen, type Shape, shapes, shapesVersion} from "./shapes.ts";

test("shapes are of the types in the table, as the installed azure-native declares them", () => {
  const own = Object.keys(types).filter((type) => type.startsWith("azure-native:"));
  const lacking = own.filter((type) => !shapes[type.replace("azure-native:", "")]);
  assert.deepEqual(lacking, [], "run cloud/azure/shapes/shape-data.ts");
  const declared = new URL(import.meta.resolve("@pulumi/azure-native/package.json"));
  const {version} = JSON.parse(readFileSync(declared, "utf8"));
  assert.equal(shapesVersion, version, "run cloud/azure/shapes/shape-data.ts");
});

/** A value of a shape, with no more in it than it has to have. */
function leastOf(shape: Shape): unknown {
  if (typeof shape === "object") {
    if ("oneOf" in shape) return leastOf(shape.oneOf[0]!);
    if ("is" in shape) return shape.is;
    return "mapOf" in shape ? {} : [];
  }
  if (!shape.includes(":")) return {string: "x", number: 1, boolean: true, any: "x"}[shape];
  const {required, properties} = shapes[shape]!;
  return Object.fromEntries(required.map((key) => [key, leastOf(properties[key]!)]));
}

/** Values that are not of a shape: for a list or a map, of what is in it too. */
function othersOf(shape: Shape): unknown[] {
  if (typeof shape === "string") return shape === "any" ? [] : [shape === "string" ? 7 : "seven"];
  if ("oneOf" in shape || "is" in shape) return [[[]]];
  if ("mapOf" in shape) return ["seven", ...othersOf(shape.mapOf).map((any) => ({any}))];
  return ["seven", ...othersOf(shape[0]).map((item) => [item])];
}

test("every shape takes what it has to have, and each thing that it may have", () => {
  for (const [name, {properties}] of Object.entries(shapes)) {
    const least = leastOf(name) as object;
    assert.deepEqual(misshapen(name, least as never), [], name);
    for (const [key, shape] of Object.entries(properties))
      assert.deepEqual(misshapen(name, {...least, [key]: leastOf(shape)}), [], `${name} ${key}`);
  }
});

test("every shape refuses what it does not know, lacks or has of another kind, and says where", () => {
  let count = 0;
  for (const [name, {required, properties}] of Object.entries(shapes)) {
    const least = leastOf(name) as Record<string, unknown>;
    const refuse = (change: object, says: string) => {
      const said = misshapen(name, {...least, ...change}).join("\n");
      assert.ok(said.includes(says), `${name} ${JSON.stringify(change)}: ${said}`);
      count++;
    };
    for (const key of required) refuse({[key]: undefined}, `missing required property "${key}"`);
    for (const [key, shape] of Object.entries(properties)) {
      refuse({[`${key}X`]: 1}, `UnknownProperty: ${name} has no property '${key}X'; did you mean `);
      for (const other of othersOf(shape)) refuse({[key]: other}, `'${key}`);
    }
  }
  assert.ok(count > 2000, `${count} refusals`);
});

const vault = (properties: object) => ({
  resourceGroupName: "group",
  vaultName: "vault",
  properties: {tenantId: "t", sku: {family: "A", name: "standard"}, ...properties},
});

const named: Record<string, [inputs: object, faults: readonly string[]]> = {
  "a misspelt property": [
    vault({enableSoftDelet: true}),
    [
      `UnknownProperty: keyvault:VaultPropertiesArgs has no property 'properties.enableSoftDelet'; did you mean "enableSoftDelete"?`,
    ],
  ],
  "a text for a number": [
    vault({softDeleteRetentionInDays: "90"}),
    [`'properties.softDeleteRetentionInDays' should be of type 'number' but got string: "90"`],
  ],
  "one thing for a list": [
    vault({networkAcls: {ipRules: {value: "192.0.2.1"}}}),
    [
      `'properties.networkAcls.ipRules' should be of type 'array' but got object: {"value":"192.0.2.1"}`,
    ],
  ],
};

for (const [what, [inputs, faults]] of Object.entries(named))
  test(`refused: ${what}`, () =>
    assert.deepEqual(misshapen("keyvault:Vault", {...inputs}), faults));
