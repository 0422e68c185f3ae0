import assert from "node:assert/strict";
import {test} from "node:test";
import {outOfReach} from "./machine.ts";
import {plans} from "./plans.ts";

const {full} = plans.attacks;

test("as many connections as files may be open are out of reach, and the mend is told", () => {
  assert.equal(
    outOfReach(full, 10_000),
    "a process may open 10000 files, and 10000 connections need 10200; mend: ulimit -n 10200",
  );
  assert.equal(outOfReach(full, 10_200), undefined);
});

test("what holds no idle connections needs no more files than any machine allows", () => {
  assert.equal(outOfReach(plans.unary.full, 256), undefined);
});
