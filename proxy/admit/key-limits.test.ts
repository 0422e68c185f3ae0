import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {createKeyLimits} from "./key-limits.ts";

function setUp() {
  const clock = {ms: 1};
  const limits = createKeyLimits(() => clock.ms);
  const enter = (address: string, known = false) => limits.enter({address, known});
  const refuse = (address: string, times: number) => {
    for (let count = 0; count < times; count++) enter(address)(true);
  };
  return {clock, enter, refuse};
}

const times = (count: number, act: (n: number) => unknown) =>
  Array.from({length: count}, (_, n) => act(n));

describe("keys that are new", () => {
  test("are under way up to a number of one address, and of all", () => {
    const {enter} = setUp();
    const [leave] = times(48, () => enter("a")) as ((wasRefused: boolean) => void)[];
    assert.throws(() => enter("a"), {code: "ADDRESS_BUSY", status: 429, retryAfterS: 1});
    times(16, () => enter("b"));
    for (const address of ["b", "c"])
      assert.throws(() => enter(address), {code: "KEYS_FULL", status: 503, retryAfterS: 1});
    leave!(false);
    enter("c");
  });

  test("that are taken count against nothing, however many", () => {
    const {enter} = setUp();
    times(10_000, () => enter("a")(false));
  });

  test("that are refused count against their address", () => {
    const {clock, enter, refuse} = setUp();
    refuse("a", 100);
    assert.throws(() => enter("a"), {code: "ADDRESS_BUSY", retryAfterS: 1});
    enter("b");
    clock.ms += 500;
    refuse("a", 1);
    assert.throws(() => enter("a"), {code: "ADDRESS_BUSY"});
  });

  test("that are refused count against all, from however many addresses", () => {
    const {clock, enter, refuse} = setUp();
    times(400, (n) => refuse(`${n}`, 1));
    assert.throws(() => enter("a"), {code: "KEYS_FULL", retryAfterS: 1});
    clock.ms += 50;
    refuse("a", 1);
    assert.throws(() => enter("a"), {code: "KEYS_FULL"});
  });

  test("that find no room count against nothing", () => {
    const {clock, enter, refuse} = setUp();
    refuse("a", 100);
    times(300, (n) => refuse(`${n}`, 1));
    times(1000, () => assert.throws(() => enter("b"), {code: "KEYS_FULL"}));
    clock.ms += 50;
    enter("b")(false);
  });
});

test("keys that are known have room of their own", () => {
  const {enter, refuse} = setUp();
  refuse("a", 100);
  times(400, (n) => n < 300 && refuse(`${n}`, 1));
  const [leave] = times(32, () => enter("a", true)) as ((wasRefused: boolean) => void)[];
  assert.throws(() => enter("a", true), {code: "KEYS_FULL", status: 503});
  leave!(true);
  enter("a", true);
});
