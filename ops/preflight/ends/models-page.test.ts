import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {parse, stringify} from "yaml";
import {fileWith} from "../../../regions/fixture.ts";
import {type Mapping, mapping} from "../../../regions/meaning.ts";
import {newestVersion, releases} from "../../../regions/models/releases.ts";
import {parseWorld} from "../../../regions/read.ts";

const page = readFileSync(new URL("../../../docs/models.md", import.meta.url), "utf8");
const blocks = page
  .matchAll(/^( *)```yaml\n(.*?)^\1```$/gms)
  .map(([, , text]) => mapping(parse(text!)))
  .toArray();

/** A valid file, with what the page writes in it, and the models of the page deployed. */
function withBlocks(...added: readonly Mapping[]) {
  const file = mapping(parse(fileWith({})));
  const regions = {...mapping(file.regions), ...mapping(added.at(-1)?.regions)};
  const models = Object.assign({}, ...added.map((block) => mapping(block.models)));
  const azure = Object.keys(models).filter((name) => mapping(models[name]).host !== "url");
  const names = azure.length > 0 ? azure : ["codex"];
  const deployments = names.map((model) => ({model, sku: "GlobalStandard", capacity: 100}));
  const all = azure.length > 0 ? models : {...mapping(file.models), ...models};
  return stringify({
    ...file,
    models: all,
    defaults: {...mapping(file.defaults), deployments, ...mapping(added.at(-1)?.defaults)},
    regions,
    traffic: added.at(-1)?.traffic ?? {},
  });
}

test("each step of the page is a valid file", () => {
  const [inOrder, overflowing, beside, tried, ...rest] = blocks;
  assert.equal(blocks.length, 6);
  const steps = [
    [inOrder!],
    [overflowing!],
    [beside!],
    [beside!, tried!],
    ...rest.map((one) => [one]),
  ];
  for (const step of steps) assert.doesNotThrow(() => parseWorld(withBlocks(...step)));
});

test("the page has every release of the table, and the day that it ends", () => {
  for (const [name, {retires}] of Object.entries(releases)) {
    const [model] = name.split(" ") as [string];
    const row = page
      .split("\n")
      .find((line) => line.startsWith("| ") && line.includes(`\`${model}\``));
    assert.ok(row?.includes(newestVersion(model)!), name);
    assert.match(row!, new RegExp(`${retires}|about ${retires.slice(0, 7)}`), name);
  }
});
