import assert from "node:assert/strict";
import {test} from "node:test";
import type {Resource} from "../../cloud/resource.ts";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {stackChanges} from "./difference.ts";

const POOL = "azure-native:containerservice:AgentPool";

const resource = (over: Partial<Resource>): Resource => {
  const {
    stack = "westeurope",
    type = POOL,
    name = "users",
    inputs = {vmSize: "D4", count: 3},
  } = over;
  const urn = `urn:pulumi:${stack}::meridian::${type}::${name}`;
  const id = `/subscriptions/0/${name}`;
  return {
    stack,
    urn,
    type,
    name,
    id,
    protect: false,
    outputs: inputs,
    secrets: [],
    ...over,
    inputs,
  };
};

const stack = (resources: Resource[], outputs = {}): Stack => ({
  name: "westeurope",
  resources: [resource({type: "pulumi:pulumi:Stack", name: "meridian-westeurope"}), ...resources],
  outputs,
  secretOutputs: [],
});

const told = (before: Stack[], after: Stack[]) =>
  stackChanges(before, after).map(({stack, change, resources, outputs}) => ({
    stack,
    change,
    resources: resources.map(
      ({resource: {name}, change, protect, values, forcedBy, deletedFirst, frozen}) =>
        [
          change,
          name,
          values.map(({path}) => path),
          forcedBy,
          {protect, deletedFirst, ...(frozen.length > 0 && {frozen: frozen.map(({path}) => path)})},
        ] as const,
    ),
    outputs: outputs.map(({path}) => path),
  }));

const plain = {protect: false, deletedFirst: false};
const successorFirst = {deleteBeforeReplace: false};
const bigger = {vmSize: "D8", count: 3};

/** The only pool of the only stack gets other machines. */
const changedTo = (
  change: "replaced" | "refused",
  rest: typeof plain,
): ReturnType<typeof told>[number] => ({
  stack: "westeurope",
  change: "changed",
  resources: [[change, "users", ["vmSize"], ["vmSize"], rest]],
  outputs: [],
});

const cases: Record<string, [Stack[], Stack[], ReturnType<typeof told>]> = {
  "nothing changes": [
    [stack([resource({})])],
    [stack([resource({})])],
    [{stack: "westeurope", change: "same", resources: [], outputs: []}],
  ],
  "components under the types of earlier releases": [
    [stack([resource({urn: "urn:pulumi:westeurope::m::meridian:Cluster$pool::users"})])],
    [stack([resource({urn: "urn:pulumi:westeurope::m::meridian:index:Cluster$pool::users"})])],
    [{stack: "westeurope", change: "same", resources: [], outputs: []}],
  ],
  "a stack that comes": [
    [],
    [stack([resource({})])],
    [
      {
        stack: "westeurope",
        change: "added",
        resources: [["added", "users", [], [], plain]],
        outputs: [],
      },
    ],
  ],
  "a stack that goes, with what is protected": [
    [stack([resource({protect: true})], {address: "x"})],
    [],
    [
      {
        stack: "westeurope",
        change: "removed",
        resources: [["removed", "users", [], [], {...plain, protect: true}]],
        outputs: ["address"],
      },
    ],
  ],
  "a change in place, and an output": [
    [stack([resource({})], {address: "10.0.0.1"})],
    [stack([resource({inputs: {vmSize: "D4", count: 4}})], {address: "10.0.0.2"})],
    [
      {
        stack: "westeurope",
        change: "changed",
        resources: [["changed", "users", ["count"], [], plain]],
        outputs: ["address"],
      },
    ],
  ],
  "a replacement under the same name": [
    [stack([resource({protect: true})])],
    [stack([resource({inputs: {vmSize: "D8", count: 4}, protect: true})])],
    [
      {
        stack: "westeurope",
        change: "changed",
        resources: [
          [
            "replaced",
            "users",
            ["vmSize", "count"],
            ["vmSize"],
            {protect: true, deletedFirst: true},
          ],
        ],
        outputs: [],
      },
    ],
  ],
  "a replacement under another name, which azure-native has the old one go for": [
    [stack([resource({})])],
    [stack([resource({inputs: bigger, id: "/subscriptions/0/other"})])],
    [changedTo("replaced", {...plain, deletedFirst: true})],
  ],
  "a replacement under another name, its successor first": [
    [stack([resource({})])],
    [stack([resource({...successorFirst, inputs: bigger, id: "/subscriptions/0/other"})])],
    [changedTo("replaced", plain)],
  ],
  "a successor that would have its predecessor's name": [
    [stack([resource({})])],
    [stack([resource({...successorFirst, inputs: bigger})])],
    [changedTo("refused", plain)],
  ],
  "what Azure never changes": [
    [stack([resource({inputs: {osType: "Linux"}})])],
    [stack([resource({inputs: {osType: "Windows"}})])],
    [
      {
        stack: "westeurope",
        change: "changed",
        resources: [["refused", "users", ["osType"], [], {...plain, frozen: ["osType"]}]],
        outputs: [],
      },
    ],
  ],
  "protection that is lifted is a change": [
    [stack([resource({protect: true})])],
    [stack([resource({})])],
    [
      {
        stack: "westeurope",
        change: "changed",
        resources: [["changed", "users", ["protect"], [], {...plain, protect: true}]],
        outputs: [],
      },
    ],
  ],
  "what is refused, then what is lost, comes first": [
    [stack([resource({name: "b"}), resource({name: "c"}), resource({name: "d"})])],
    [
      stack([
        resource({name: "a"}),
        resource({name: "c", inputs: {}}),
        resource({name: "d", inputs: {vmSize: "D4", count: 3, maxPods: 9}}),
      ]),
    ],
    [
      {
        stack: "westeurope",
        change: "changed",
        resources: [
          ["refused", "d", ["maxPods"], [], {...plain, frozen: ["maxPods"]}],
          ["removed", "b", [], [], plain],
          ["replaced", "c", ["vmSize", "count"], ["vmSize"], {...plain, deletedFirst: true}],
          ["added", "a", [], [], plain],
        ],
        outputs: [],
      },
    ],
  ],
  "the stand-in's own addresses": [
    [stack([], {address: "127.1.0.1"})],
    [stack([], {address: "127.2.0.1"})],
    [{stack: "westeurope", change: "same", resources: [], outputs: []}],
  ],
};

for (const [what, [before, after, changes]] of Object.entries(cases))
  test(`stacks: ${what}`, () => assert.deepEqual(told(before, after), changes));
