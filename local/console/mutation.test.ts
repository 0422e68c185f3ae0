import assert from "node:assert/strict";
import {test} from "node:test";
import {policyOf} from "../../infra/cluster/proxy.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {policySchema} from "../../proxy/policy.ts";
import {forbidding} from "./mutation.ts";

test("a policy that forbids one more text is valid, and keeps the mutations that it had", () => {
  const policy = policyOf(smallWorld, smallWorld.regions[0]!);
  const {mutations} = policySchema.parse(JSON.parse(forbidding(JSON.stringify(policy), "<|end|>")));
  assert.deepEqual(
    mutations.map(({name, logitBias, stop}) => [name, logitBias, stop]),
    [
      ["no-eof", {50256: -100}, []],
      ["console-bad-text", {}, ["<|end|>"]],
    ],
  );
});
