import assert from "node:assert/strict";
import {test} from "node:test";
import {fileWith} from "../fixture.ts";
import {parseWorld} from "../read.ts";

const LUNA = 'model: gpt-5.6-luna, version: "2026-07-09"';
const DEPLOYED = "hosts: [{model: coder, url: 'https://coder.example.com'}]";

const cases: Record<string, [models: string, fault: string]> = {
  "a name that is no model's": [
    `luna: {${LUNA}, overflow: codx}`,
    'models.luna.overflow: "codx" is not a model; did you mean "codex"?',
  ],
  itself: [
    `luna: {${LUNA}, overflow: luna}`,
    "models.luna.overflow: is a loop, luna -> luna; take one of them out",
  ],
  "a circle": [
    `luna: {${LUNA}, overflow: nano}\n  nano: {${LUNA}, overflow: luna}`,
    "models.luna.overflow: is a loop, luna -> nano -> luna; take one of them out",
  ],
  "one that only completes, of a model that chats": [
    `luna: {${LUNA}, overflow: coder}`,
    'models.luna.overflow: "coder" only completes, and luna is asked by chat too; choose a model that chats',
  ],
  "one that no region serves": [
    `luna: {${LUNA}, overflow: nano}\n  nano: {${LUNA}}`,
    'models.luna.overflow: "nano" is served by no region; give one a deployment of it, or leave this out',
  ],
};

for (const [name, [models, fault]] of Object.entries(cases))
  test(`refused as an overflow: ${name}`, () => {
    const file = fileWith({models, defaults: DEPLOYED});
    assert.throws(
      () => parseWorld(file),
      ({message}: Error) => message.includes(fault) || assert.fail(message),
    );
  });

test("what a region serves, by any way, may take what others have no room for", () => {
  const models = `luna: {${LUNA}}\n  a: {host: url, model: a, overflow: luna}\n  b: {host: url, model: b, overflow: a}`;
  const defaults =
    "hosts: [{model: coder, url: 'https://coder.example.com'}, {model: a, url: 'https://a.example.com'}, {model: b, url: 'https://b.example.com'}]";
  const region = "{deployments: [{model: luna, sku: GlobalStandard, capacity: 10}]}";
  const world = parseWorld(fileWith({models, defaults, region}));
  assert.equal(world.models.a?.overflow, "luna");
  assert.equal(world.models.b?.overflow, "a");
});
