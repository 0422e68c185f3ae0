import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {test} from "node:test";
import fc from "fast-check";
import {parseWorld, worldFile} from "../../../regions/read.ts";
import type {World} from "../../../regions/world.ts";
import type {ModelEnd, Successor} from "./ends.ts";
import {inserted, patch} from "./insertion.ts";
import {nextModel} from "./next-model.ts";

const ending = (name: string, successor: Partial<Successor> = {}): ModelEnd => ({
  name,
  model: "gpt-5-nano",
  version: "1",
  day: "2027-01-01",
  daysLeft: 1,
  successor: {model: "gpt-6-luna", version: "2", by: "Azure", ...successor},
  deployments: [],
});

const head = `service:
  name: meridian
  hostname: completions.example.com
  zone: example.com
  objective: {success: 99.5%, firstByte: 400ms}
  tokens: {exchange: {kind: github, organizations: [acme]}}
`;
const sizes = "  cluster: {nodes: 3-12, size: Standard_D4ds_v5}\n  proxies: 3-30\n";

/** The ways in which people write the same. */
const models = {
  flow: "models: {a: {model: gpt-5-nano, version: '1'}, b: {model: gpt-5-mini, version: '1'}}\n",
  lines:
    "models:\n  a: {model: gpt-5-nano, version: '1'}   # the first\n  b: {model: gpt-5-mini, version: '1'}\n",
  blocks:
    "models:\n    a:\n        model: gpt-5-nano\n        version: '1'\n        aliases: [x, y]   # names\n\n    # the second\n    b:\n        model: gpt-5-mini\n        version: '1'\n        aliases:\n        - z\n",
  last: "models:\n  b: {model: gpt-5-mini, version: '1'}\n  \"a\":\n    version: '1'\n    model: gpt-5-nano\n\n# the rest\n",
};
const both = (list: (deployments: readonly string[]) => string) =>
  list([
    "{model: a, sku: GlobalStandard, capacity: 10, share: 80}",
    "{model: a, sku: GlobalProvisionedManaged, capacity: 15}",
    "{sku: GlobalStandard, capacity: 10, model: b}",
  ]);
const lists = {
  flow: both((all) => ` [${all.join(", ")}]\n`),
  broken: both((all) => ` [\n      ${all.join(", # one\n      ")}   # more\n    ]\n`),
  lines: both(
    (all) => `\n    # all of them\n${all.map((one) => `    -   ${one} # one\n`).join("")}`,
  ),
  blocks:
    "\n    - model: a\n      sku: GlobalStandard\n      capacity: 10\n\n    # more\n    - sku: GlobalStandard\n      capacity: 10\n      model: b\n",
  none: " [{model: b, sku: GlobalStandard, capacity: 10}]\n",
};

const file = fc
  .record({
    models: fc.constantFrom(...Object.values(models)),
    shared: fc.constantFrom(...Object.values(lists)),
    own: fc.option(fc.constantFrom(...Object.values(lists)), {nil: undefined}),
    again: fc.boolean(),
    crlf: fc.boolean(),
  })
  .map(({models, shared, own, again, crlf}) => {
    const eastus2 = own === undefined ? "  eastus2:\n" : `  eastus2:\n    deployments: &own${own}`;
    const other = own && again ? "  westus: {deployments: *own}\n" : "  westus: {weight: 2}\n";
    const text = `${head}${models}defaults:\n${sizes}  deployments:${shared}regions:\n${eastus2}${other}`;
    return crlf ? text.replaceAll("\n", "\r\n") : text;
  });

/** The world without a model: what it says of all the others. */
const without = (name: string, {models, regions, ...world}: World) => ({
  ...world,
  models: Object.fromEntries(Object.entries(models).filter(([own]) => own !== name)),
  regions: regions.map(({deployments, ...region}) => ({
    ...region,
    deployments: deployments.filter(({model}) => model !== name),
  })),
});

const deployed = (name: string, {regions}: World) =>
  regions.map(({deployments}) =>
    deployments
      .filter(({model}) => model === name)
      .map(({sku, capacity, share}) => [sku, capacity, share]),
  );

test("however it is written, the next model is beside the one that ends, and all else stays", () => {
  fc.assert(
    fc.property(file, (text) => {
      const world = parseWorld(text);
      const next = nextModel(text, world, ending("a")) ?? assert.fail("no change");
      assert.equal(next.name, "a-next");
      assert.deepEqual(without("a-next", next.world), world);
      assert.deepEqual(deployed("a-next", next.world), deployed("a", world));
      const {model, version} = next.world.models["a-next"] as {model: string; version?: string};
      assert.deepEqual([model, version], ["gpt-6-luna", "2"]);
      // Only what is said is added: no line of the file is written anew, but for those in brackets.
      const lines = inserted(text, next.insertions).split("\n");
      if (text.includes("\r")) assert.ok(lines.every((line) => /\r$|^$/.test(line)));
      for (const line of text.split("\n")) assert.ok(lines.includes(line) || /[[\]{}]/.test(line));
    }),
    {seed: 16, numRuns: 200},
  );
});

/** What Git makes of a file by a patch. */
function applied(text: string, change: string): string {
  const folder = mkdtempSync(join(tmpdir(), "meridian-patch-"));
  try {
    writeFileSync(join(folder, "regions.yaml"), text);
    writeFileSync(join(folder, "change"), change);
    execFileSync("git", ["apply", "--whitespace=nowarn", "change"], {
      cwd: folder,
      env: {...process.env, GIT_CEILING_DIRECTORIES: tmpdir()},
    });
    return readFileSync(join(folder, "regions.yaml"), "utf8");
  } finally {
    rmSync(folder, {recursive: true});
  }
}

test("Git applies the patch, to the example and to what others write", () => {
  const example = readFileSync(worldFile, "utf8");
  const samples = fc.sample(file, {seed: 16, numRuns: 20});
  for (const [text, name] of [
    [example, "copilot-codex"],
    [example, "copilot-nano"],
    ...samples.map((text) => [text, "a"]),
  ] as const) {
    const {insertions} = nextModel(text, parseWorld(text), ending(name))!;
    assert.equal(
      applied(text, patch("regions.yaml", text, insertions)),
      inserted(text, insertions),
    );
  }
});

test("a name that is taken is not taken again, and none is too long", () => {
  const named = (name: string, more = "") => {
    const text = `${head}models:\n  ${name}: {model: gpt-5-nano, version: '1', aliases: [${more}]}\ndefaults:\n${sizes}  deployments: [{model: ${name}, sku: GlobalStandard, capacity: 10}]\nregions:\n  eastus2:\n`;
    return nextModel(text, parseWorld(text), ending(name))?.name;
  };
  assert.equal(named("a", "a-next, a-2"), "a-3");
  assert.equal(named("a-model-with-a-very-long-name1"), "a-model-with-a-very-long-n-next");
});

test("without a version, or where no list can be added to, there is no change", () => {
  const text = readFileSync(worldFile, "utf8");
  const world = parseWorld(text);
  assert.equal(
    nextModel(text, world, {...ending("copilot-codex"), successor: undefined}),
    undefined,
  );
  assert.equal(nextModel(text, world, ending("copilot-codex", {version: undefined})), undefined);
  const merged = `${head}${models.lines}defaults:\n${sizes}  deployments: [{model: b, sku: GlobalStandard, capacity: 1}]\nregions:\n  eastus2: {<<: {deployments: [{model: a, sku: GlobalStandard, capacity: 1}]}}\n`;
  assert.equal(nextModel(merged, parseWorld(merged), ending("a")), undefined);
});
