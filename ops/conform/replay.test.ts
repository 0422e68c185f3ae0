import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {createCloud} from "../../cloud/cloud.ts";
import type {Event, State} from "../../cloud/engine/events.ts";
import {
  type Step as Asked,
  account,
  deployment,
  group,
  order,
  vault,
} from "../../cloud/orders.cases.ts";
import type {Resource} from "../../cloud/resource.ts";
import {runStacks} from "../../cloud/stacks/stacks.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {masked as shown} from "../preview/mask.ts";
import {masked} from "./masking.ts";
import {recordingOf} from "./recording.ts";
import {replay} from "./replay.ts";

const timestamp = Math.floor(Date.now() / 1000);

interface Seen {
  readonly op?: string;
  readonly old?: State;
  readonly error?: string;
}

/** The events of one step, as the engine prints them. */
function eventsOf({urn, type, id, inputs, outputs}: Resource, seen: Seen = {}): Event[] {
  const {op = "create", old = null, error} = seen;
  const metadata = {op, urn, type, old};
  const begun = {timestamp, resourcePreEvent: {metadata: {...metadata, new: {inputs}}}};
  if (error === undefined)
    return [begun, {resOutputsEvent: {metadata: {...metadata, new: {id, inputs, outputs}}}}];
  const message = `<{%fg 1%}>error: ${error}<{%reset%}>`;
  return [
    begun,
    {diagnosticEvent: {urn, severity: "error", message}},
    {resOpFailedEvent: {metadata: {...metadata, new: {inputs}}}},
  ];
}

/** What the stand-in says of these events, as lines without their title. */
async function told(events: readonly Event[]): Promise<string[]> {
  const differences = await replay(masked(recordingOf(events)));
  return differences.map(({text}) => text);
}

test("what the stand-in itself answered is replayed without a difference, whatever was asked for", async () => {
  const {stacks} = await runStacks(smallWorld);
  const events = stacks.flatMap(({resources}) =>
    resources.flatMap((resource) => eventsOf(shown(resource))),
  );
  const recording = masked(recordingOf(events));
  assert.ok(recording.steps.length > 150, `${recording.steps.length} steps`);
  assert.deepEqual(await replay(recording), []);
});

/** The resource that the stand-in makes of the last of these. */
function made(...asked: readonly Asked[]): Resource {
  const cloud = createCloud();
  return asked.map((one) => cloud.create(order(one))).at(-1)!;
}

const host = made(group, account());
const withOutputs = (resource: Resource, outputs: object): Resource => ({
  ...resource,
  outputs: {...resource.outputs, ...outputs},
});
const before = ({id, inputs}: Resource): State => ({id, inputs});
const otherwise = (inputs: object): Resource => ({...host, inputs: {...host.inputs, ...inputs}});
const quota = 'Code="InsufficientQuota" Message="This operation require 100 new capacity"';

const cases: Record<string, {events: readonly Event[]; tells: readonly (string | RegExp)[]}> = {
  "another stack's group": {events: eventsOf(host), tells: []},
  "an output that is otherwise": {
    events: eventsOf(withOutputs(host, {properties: {endpoint: "https://other.example/"}})),
    tells: [
      `properties.endpoint is "https://other.example/" in the answer; the stand-in gives "https://host.openai.azure.com/"`,
    ],
  },
  "an output that is not there": {
    events: eventsOf({...host, outputs: {}}),
    tells: [
      `the answer has no properties.endpoint; the stand-in gives "https://host.openai.azure.com/"`,
      `the answer has no name; the stand-in gives "host"`,
    ],
  },
  "what was asked for and came out otherwise": {
    events: eventsOf(withOutputs(host, {kind: "AIServices"})),
    tells: [`kind is "AIServices" in the answer; the stand-in gives "OpenAI"`],
  },
  "an id of another form": {
    events: eventsOf({...host, id: `${host.id}s`}),
    tells: [/^its id is .*hosts; the stand-in gives it .*host$/],
  },
  "a refusal that the stand-in does not know": {
    events: eventsOf(host, {error: quota}),
    tells: [/^Azure refused it, the stand-in takes it: error: Code="InsufficientQuota"/],
  },
  "a refusal that both know": {
    events: eventsOf(made(group, vault("-")), {error: `Code="VaultNameNotValid"`}),
    tells: [],
  },
  "a refusal for another reason": {
    events: eventsOf(made(group, vault("-")), {error: quota}),
    tells: [/^Azure refused it otherwise: .*\nThe stand-in says: VaultNameNotValid: /],
  },
  "what Azure took and the stand-in refuses": {
    events: eventsOf(made(group, vault("-"))),
    tells: [/^Azure took it, the stand-in refuses it: VaultNameNotValid: /],
  },
  "a new API version": {
    events: eventsOf(otherwise({azureApiVersion: "2027-01-01"})),
    tells: [/^API version 2027-01-01 was asked; the stand-in's rules are of \d{4}-/],
  },
  "a change in place that the stand-in makes another of": {
    events: eventsOf(otherwise({location: "eastus2"}), {op: "update", old: before(host)}),
    tells: [/in place; the stand-in makes another one of it for location$/],
  },
  "a replacement that the stand-in would change in place": {
    events: eventsOf(otherwise({tags: {a: "b"}}), {op: "replace", old: before(host)}),
    tells: [/^Azure's provider makes another one of it/],
  },
  "a removal": {events: eventsOf(host, {op: "delete", old: before(host)}), tells: []},
  "what did not change": {events: eventsOf(host, {op: "same", old: before(host)}), tells: []},
};

describe("a recording tells of", () => {
  for (const [what, {events, tells}] of Object.entries(cases))
    test(what, async () => {
      const lines = await told(events);
      assert.equal(lines.length, tells.length, lines.join("\n"));
      for (const [at, line] of lines.entries())
        if (typeof tells[at] === "string") assert.equal(line, tells[at]);
        else assert.match(line, tells[at]!);
    });

  const sku = {name: "Standard", capacity: 1};
  const deployments = ["one", "two"].map((name) =>
    made(group, account(), deployment(name, sku, "gpt-4o")),
  );

  test("writes that met: Azure took both, and the stand-in takes one at a time", async () => {
    const [first, second] = deployments.map((one, at) =>
      eventsOf({...one, urn: `${one.urn}-${at}`}),
    );
    const after = await told([...eventsOf(host), ...first!, ...second!]);
    assert.deepEqual(after, []);
    const met = await told([...eventsOf(host), first![0]!, second![0]!, first![1]!, second![1]!]);
    assert.equal(met.length, 1);
    assert.match(met[0]!, /^Azure took it, the stand-in refuses it: RequestConflict: /);
  });

  test("nothing that was a preview's", () => {
    const previewed = eventsOf(host).map(({resourcePreEvent: begun, ...event}) =>
      begun ? {resourcePreEvent: {...begun, planning: true}} : event,
    );
    assert.deepEqual(recordingOf(previewed).steps, []);
  });

  test("nothing that did not end", () => {
    assert.deepEqual(recordingOf(eventsOf(host).slice(0, 1)).steps, []);
  });
});
