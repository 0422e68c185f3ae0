import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {followDns} from "./dns.ts";

const TTL_MS = 30_000;

test("whenever it is asked, an answer is never older than its TTL, and nobody is asked within it", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({afterMs: fc.nat(2 * TTL_MS), server: fc.constantFrom("a", "b")})),
      async (steps) => {
        let [nowMs, server] = [0, "a"];
        const askedAtMs: number[] = [];
        const follower = followDns({
          lookUp: async () => {
            askedAtMs.push(nowMs);
            return server;
          },
          ttlMs: TTL_MS,
          now: () => nowMs,
        });
        let answered = "";
        for (const step of steps) {
          nowMs += step.afterMs;
          server = step.server;
          const isAsked = !follower.isKept;
          answered = isAsked ? server : answered;
          assert.equal(await follower.address(), answered);
          assert.ok(follower.isKept && nowMs < askedAtMs.at(-1)! + TTL_MS);
        }
        assert.ok(askedAtMs.every((ms, at) => at === 0 || ms >= askedAtMs[at - 1]! + TTL_MS));
      },
    ),
  ));

test("those who ask at the same time share a question; a lost server is asked again", async () => {
  let asked = 0;
  const follower = followDns({
    lookUp: async () => {
      if (++asked === 1) throw new Error("DNS did not answer");
      return "a";
    },
    ttlMs: TTL_MS,
  });
  const ask = () => Promise.allSettled([follower.address(), follower.address()]);
  const lost = (await ask()).map(({status}) => status);
  assert.deepEqual([lost, asked], [["rejected", "rejected"], 1]);
  const found = (await ask()).map(({status}) => status);
  assert.deepEqual([found, asked], [["fulfilled", "fulfilled"], 2]);
});
