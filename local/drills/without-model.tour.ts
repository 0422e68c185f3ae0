import assert from "node:assert/strict";
import {test} from "node:test";
import {runStacks} from "../../cloud/stacks/stacks.ts";
import {fileWith} from "../../regions/fixture.ts";
import {parseWorld, readWorld} from "../../regions/read.ts";
import {withoutModel} from "./without-model.ts";

const CHATS = 'model: gpt-4o, version: "1"';
const on = (model: string, sku: string, capacity: number) =>
  `{model: ${model}, sku: ${sku}, capacity: ${capacity}}`;
const world = parseWorld(
  `${fileWith({
    models: `old: {${CHATS}, aliases: [older], successor: new}\n  new: {${CHATS}, aliases: [newer]}`,
    region: `{deployments: [${on("old", "Standard", 5)}, ${on("new", "Standard", 7)}, ${on("old", "GlobalStandard", 9)}]}`,
  })}traffic:
  mutations: [{name: a, when: {models: [old, codex]}, drop: [n]}]
  mirrors: [{name: b, share: 1, model: old}]
`,
);

test("its successor has its names, its capacity and its rules", () => {
  const {models, regions, traffic} = withoutModel(world, "old");
  assert.deepEqual(Object.keys(models).toSorted(), ["coder", "codex", "new"]);
  assert.deepEqual(models.new!.aliases, ["newer", "old", "older"]);
  assert.deepEqual(
    regions[0]!.deployments.map(({name, model, capacity}) => [name, model, capacity]),
    [
      ["new-standard", "new", 12],
      ["new-globalstandard", "new", 9],
    ],
  );
  assert.deepEqual(traffic.mutations[0]!.when.models, ["new", "codex"]);
  assert.equal(traffic.mirrors[0]!.model, "new");
});

test("what becomes of the repository's own regions.yaml can be brought up", async () => {
  const {models, ...own} = readWorld();
  const [model] = Object.keys(models);
  await runStacks(withoutModel({...own, models}, model!));
});

test("without another model there is nobody to inherit", () => {
  const {codex} = world.models;
  assert.throws(
    () => withoutModel({...world, models: {codex: codex!}}, "codex"),
    /^Error: NOT RUN: /,
  );
});
