import assert from "node:assert/strict";
import {test} from "node:test";
import {recordName} from "../../regions/names.ts";
import {stackNames} from "../azure/names.ts";
import {smallWorld} from "../fixture.ts";
import {programOf, readBy, stacksOf} from "./stacks.ts";

test("one stack for each region, between what they share and what points at them", () => {
  assert.deepEqual(
    [...stacksOf(smallWorld).keys()],
    ["global", "eastus2", "westeurope", "fallback", "dns"],
  );
  assert.deepEqual(stackNames(smallWorld), [...stacksOf(smallWorld).keys()]);
});

test("what a stack reads is brought up before it", () => {
  const names = [...stacksOf(smallWorld).keys()];
  for (const [at, name] of names.entries())
    for (const read of readBy(smallWorld, name)) assert.ok(names.indexOf(read) < at, name);
  assert.deepEqual(readBy(smallWorld, "fallback"), ["global", "eastus2", "westeurope"]);
});

test("an unknown stack is an error that lists the stacks and says how to get one", () => {
  assert.throws(() => programOf(smallWorld, "westeu"), {
    message: `"westeu" is not a stack: add the region to regions.yaml, or use one of global, eastus2, westeurope, fallback, dns`,
  });
});

test("the record is the hostname within its zone", () => {
  const service = {...smallWorld.service, hostname: "completions.ai.example.com"};
  assert.equal(recordName({...smallWorld, service}), "completions.ai");
});
