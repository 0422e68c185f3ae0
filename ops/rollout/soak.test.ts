import assert from "node:assert/strict";
import {test} from "node:test";
import type {Sample} from "./gate.ts";
import {soak, untilServing} from "./soak.ts";
import type {Visitor} from "./visitor.ts";

/** A visitor of a region that is well from its nth visit on; `visited` hears of each. */
function visitorOf(region: string, {wellFrom = 0, visited = () => {}} = {}) {
  let visits = 0;
  let closed = false;
  const visitor: Visitor = {
    visit: async (): Promise<Sample[]> => {
      const fault = visits++ < wellFrom ? "answered 502" : undefined;
      visited();
      return [{region, asked: "health page", fault}];
    },
    close: () => {
      closed = true;
    },
  };
  return {visitor, visits: () => visits, isClosed: () => closed};
}

test("every region is asked, over and over until the time is over", async () => {
  const enough = new AbortController();
  const visited = () => {
    if (a.visits() > 1 && b.visits() > 1) enough.abort();
  };
  const [a, b] = [visitorOf("a", {visited}), visitorOf("b", {visited})];
  const visitors = [a.visitor, b.visitor];
  const samples = await soak({visitors, forMs: 1000, signal: enough.signal});
  const seen = new Set(samples.map(({region}) => region));
  assert.deepEqual([...seen].toSorted(), ["a", "b"]);
  assert.ok(a.visits() > 1 && b.visits() > 1, `${a.visits()} and ${b.visits()} visits`);
  assert.ok(a.isClosed() && b.isClosed());
});

test("an abort ends it, however long it was to take", {timeout: 15_000}, async () => {
  const {visitor, isClosed} = visitorOf("a");
  const stopping = new AbortController();
  const soaking = soak({visitors: [visitor], forMs: 3_600_000, signal: stopping.signal});
  stopping.abort();
  assert.equal((await soaking).length, 1);
  assert.ok(isClosed());
});

test("a region serves once it answers everything well", async () => {
  const late = visitorOf("a", {wellFrom: 1});
  assert.equal(await untilServing(late.visitor), undefined);
  assert.equal(late.visits(), 2);
  const never = visitorOf("a", {wellFrom: Number.POSITIVE_INFINITY});
  assert.equal(await untilServing(never.visitor, 0), "health page: answered 502");
  assert.ok(late.isClosed() && never.isClosed());
});
