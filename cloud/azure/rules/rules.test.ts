import assert from "node:assert/strict";
import {test} from "node:test";
import {everyImage, smallWorld, withImages} from "../../../infra/fixture.ts";
import {runStacks} from "../../stacks/stacks.ts";
import {isComponent, kindOf, types} from "../../types.ts";
import {declarationOf, versionIn} from "../shapes/declaration.ts";
import {breaches, type Rule, rules} from "./rules.ts";

test("every type that a stack makes has a purpose, a loss and, if Azure's, published rules", async () => {
  const {stacks} = await runStacks(withImages(smallWorld, everyImage));
  const made = new Set(stacks.flatMap(({resources}) => resources.map(({type}) => type)));
  const lacking = [...made]
    .filter((type) => !isComponent(type))
    .flatMap((type) => {
      const {purpose, loss} = kindOf(type) ?? {};
      const short = type.replace("azure-native:", "");
      const published = !type.startsWith("azure-native:") || rules[short];
      return [purpose ? [] : `${type}: purpose`, loss ? [] : `${type}: loss`]
        .flat()
        .concat(published ? [] : [type]);
    });
  assert.deepEqual(lacking, []);
});

test("rules are of the types in the table, at the API versions that azure-native asks for", () => {
  const published = Object.entries(types).flatMap(([type, {resourceType}]) =>
    resourceType ? [type.replace("azure-native:", "")] : [],
  );
  assert.deepEqual(Object.keys(rules), published);
  for (const [type, {version}] of Object.entries(rules)) {
    const asked = versionIn(declarationOf(type));
    assert.equal(version, asked, `${type}: run cloud/azure/rules/rule-data.ts for ${asked}`);
  }
});

type Wrap = (value: unknown) => unknown;

interface Break {
  readonly path: string;
  readonly value: unknown;
  readonly says: RegExp;
}

/** A value for each thing that a rule says, which breaks it. */
function* breaks(rule: Rule, path: string, wrap: Wrap): Generator<Break> {
  const {required = [], readOnly = [], properties = {}, items, values} = rule;
  const below = (key: string) => (path ? `${path}.${key}` : key);
  for (const key of required) yield {path: below(key), value: wrap({}), says: /^missing required/};
  for (const key of readOnly)
    yield {path: below(key), value: wrap({[key]: "x"}), says: /is read-only\.$/};
  for (const [key, inner] of Object.entries(properties))
    yield* breaks(inner, below(key), (value) => wrap({[key]: value}));
  if (items) yield* breaks(items, `${path}[0]`, (value) => wrap([value]));
  if (values) yield* breaks(values, below("any"), (value) => wrap({any: value}));
  for (const [name, variant] of Object.entries(rule.variants ?? {}))
    yield* breaks(variant, path, (value) =>
      wrap({...(value as object), [rule.discriminator!]: name}),
    );
  yield* scalarBreaks(rule, path, wrap);
}

function* scalarBreaks(rule: Rule, path: string, wrap: Wrap): Generator<Break> {
  const {oneOf, pattern, min, max, items} = rule;
  const sized = (size: number) => (items ? Array(size).fill({}) : size);
  if (oneOf) yield {path, value: wrap("no such value"), says: /is not one of /};
  if (pattern) {
    const other = ["", "!", "\n", "%".repeat(9)].find((text) => !new RegExp(pattern).test(text));
    yield {path, value: wrap(other), says: /is not of the form /};
  }
  if (min !== undefined && !(items && min === 0))
    yield {path, value: wrap(sized(min - 1)), says: /is not .* or more\.$/};
  if (max !== undefined) yield {path, value: wrap(sized(max + 1)), says: /is not .* or fewer\.$/};
}

test("every rule refuses what breaks it, and says where", () => {
  let count = 0;
  for (const [type, {name = {}, body}] of Object.entries(rules))
    for (const [rule, root] of [
      [body, ""],
      [name, "name"],
    ] as const)
      for (const {path, value, says} of breaks(rule, root, (value) => value)) {
        const said = breaches(rule, value, root);
        const found = said.some((text) => says.test(text) && text.includes(path));
        assert.ok(found, `${type} ${path} ${says}: ${said.join("\n")}`);
        count++;
      }
  assert.ok(count > 400, `${count} rules`);
});

/** A published name rule is asked before a type's own. */
test("every type's name is judged by what is published of it", () => {
  for (const [type, {name}] of Object.entries(rules))
    if (name?.max) {
      const kind = types[`azure-native:${type}`]!;
      const id = `/subscriptions/s/resourceGroups/g/providers/p/t/${"n".repeat(name.max + 1)}`;
      const inputs = Object.fromEntries((kind.fixed ?? []).map((hole) => [hole, "x"]));
      assert.match(kind.shape!(inputs, id).join("\n"), /n{10}/, type);
    }
});
