import assert from "node:assert/strict";
import {test} from "node:test";
import {fullWorld} from "../../infra/fixture.ts";
import {isComponent} from "../types.ts";
import {runStacks} from "./stacks.ts";

test("the type of every component is the package's: infra/component.ts", async () => {
  const {stacks} = await runStacks(fullWorld);
  const types = stacks
    .flatMap(({resources}) => resources.map(({type}) => type))
    .filter(isComponent);
  const components = new Set(types.filter((type) => type !== "pulumi:pulumi:Stack"));
  assert.ok(components.size >= 12, `${components.size}`);
  assert.deepEqual(
    [...components].filter((type) => !/^meridian:index:[A-Z]\w+$/.test(type)),
    [],
  );
});
