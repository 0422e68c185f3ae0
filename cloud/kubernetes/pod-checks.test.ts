import assert from "node:assert/strict";
import {test} from "node:test";
import {quantityOf} from "./pod-checks.ts";

const quantities: Record<string, number> = {
  "1": 1,
  "250m": 0.25,
  "0.5": 0.5,
  "512Mi": 536_870_912,
  "1Gi": 1_073_741_824,
  "1G": 1e9,
  "1Gb": Number.NaN,
  "": Number.NaN,
};

for (const [text, number] of Object.entries(quantities))
  test(`the quantity "${text}" is ${number}`, () => assert.equal(quantityOf(text), number));
