import assert from "node:assert/strict";
import {test} from "node:test";
import {allButFirst, table} from "./table.ts";

const cases: Record<string, {rows: string[][]; lines: string[]; isRight?: typeof allButFirst}> = {
  "columns are as wide as their widest, those of numbers to the right": {
    rows: [
      ["row", "us", "share", "note"],
      ["direct", "12.5", "7%", "well"],
      ["proxy", "", "100%", "x"],
    ],
    lines: ["row       us  share  note", "direct  12.5     7%  well", "proxy          100%  x"],
  },
  "all but the first to the right": {
    rows: [
      ["row", "us", "MB"],
      ["direct", "1,234", "-"],
    ],
    lines: ["row        us  MB", "direct  1,234   -"],
    isRight: allButFirst,
  },
  "a short row ends early": {
    rows: [["row", "us"], ["haproxy: NOT RUN"]],
    lines: ["row               us", "haproxy: NOT RUN"],
    isRight: allButFirst,
  },
  nothing: {rows: [], lines: []},
};

for (const [name, {rows, lines, isRight}] of Object.entries(cases))
  test(name, () => assert.deepEqual(table(rows, isRight), lines));
