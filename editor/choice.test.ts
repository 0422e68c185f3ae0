import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {modelList} from "../proxy/admit/models.ts";
import {chosenModel, DEFAULT_MODEL} from "./choice.ts";

type Entry = Record<string, unknown> & {capabilities: Record<string, unknown>};

const names = fc.uniqueArray(fc.string({minLength: 1}), {minLength: 1, maxLength: 4});
const chat: Entry = (() => {
  const [entry] = modelList(["chatty"]).data;
  return {...entry!, capabilities: {...entry!.capabilities, type: "chat"}};
})();

test("of the proxy's own list the first is chosen, of one with chat models the first that completes", () =>
  fc.assert(
    fc.property(names, fc.nat(3), (names, chats) => {
      const {data} = modelList(names);
      const entries = [...Array.from({length: chats}, () => chat), ...data];
      assert.equal(chosenModel(JSON.stringify({data: entries})), names[0]);
    }),
  ));

/** Every member that an entry must have, as a path. */
const members = Object.entries(modelList(["any"]).data[0]!)
  .filter(([name]) => name !== "owned_by")
  .flatMap(([name, value]) =>
    typeof value === "object" ? Object.keys(value).map((inner) => [name, inner]) : [[name]],
  );

test("one member that one entry lacks, or has of another kind, and none of the list is taken", () =>
  fc.assert(
    fc.property(
      names,
      fc.nat(),
      fc.constantFrom(...members),
      fc.constantFrom(undefined, null, 7, {}),
      (names, at, [outer, inner], value) => {
        const data = modelList(names).data as unknown as Entry[];
        const entry = data[at % data.length]!;
        if (inner) entry.capabilities[inner] = value;
        else entry[outer!] = value;
        assert.equal(chosenModel(JSON.stringify({data})), DEFAULT_MODEL);
      },
    ),
  ));

for (const answer of ["", "[]", "{}", '{"data": []}', '{"error": {"code": "internal"}}'])
  test(`${answer || "nothing"} is no list`, () => assert.equal(chosenModel(answer), DEFAULT_MODEL));
