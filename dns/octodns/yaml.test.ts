import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {parse} from "yaml";
import {block, type Value} from "./yaml.ts";

test("maps, lists and lists of maps", () => {
  const value = {
    pools: {"us-east": {values: [{value: "a.example.net.", weight: 3}, {value: "b"}]}, no: {}},
    rules: [{geos: ["NA", "AS-JP"], pool: "off"}, {pool: "1"}],
    enforce: true,
    absent: undefined,
  };
  assert.equal(
    block(value),
    `pools:
  us-east:
    values:
      - value: a.example.net.
        weight: 3
      - value: b
  "no": {}
rules:
  - geos:
      - NA
      - AS-JP
    pool: "off"
  - pool: "1"
enforce: true
`,
  );
});

test("what is read is what was written, by YAML 1.1 and 1.2", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("y", "NO", "~", "1e3", "0x1", "a: b", "-", "- a", "=", "<<", "a#b", " a"),
  );
  const {value} = fc.letrec<{value: Value}>((tie) => ({
    value: fc.oneof(
      {depthSize: "small"},
      text,
      fc.integer(),
      fc.boolean(),
      fc.array(tie("value")),
      fc.dictionary(
        text.filter((key) => key !== "__proto__"),
        tie("value"),
        {noNullPrototype: true},
      ),
    ),
  }));
  fc.assert(
    fc.property(value, (value) => {
      for (const version of ["1.1", "1.2"] as const)
        assert.deepEqual(parse(block(value), {version, merge: false}), value);
    }),
    {numRuns: 300},
  );
});
