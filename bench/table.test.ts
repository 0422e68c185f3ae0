import assert from "node:assert/strict";
import {test} from "node:test";
import {table} from "./table.ts";

const cases: Record<string, {rows: string[][]; wanted: string[]}> = {
  "columns are as wide as their widest": {
    rows: [
      ["row", "us", "MB"],
      ["direct", "1,234", "5"],
    ],
    wanted: ["row        us  MB", "direct  1,234   5"],
  },
  "a short row ends early": {
    rows: [["row", "us"], ["haproxy: NOT RUN"]],
    wanted: ["row               us", "haproxy: NOT RUN"],
  },
  nothing: {rows: [], wanted: [""]},
};

for (const [name, {rows, wanted}] of Object.entries(cases))
  test(name, () => assert.equal(table(rows), wanted.join("\n")));
