import assert from "node:assert/strict";
import {test} from "node:test";
import {until} from "../../setup/until.ts";
import type {Cell} from "../measures.ts";
import {plans} from "../plans.ts";
import type {Asked, Client} from "./asked.ts";
import {deploy} from "./deploy.ts";

const cell: Cell = {
  measure: "deploy",
  size: {...plans.deploy.quick, perSecond: 100},
  pids: [],
  origin: "first",
  authority: undefined,
  http1: false,
  tokens: [],
};

/** Answers each request at once: whole, but those sent to a target that is gone. */
function clientOf(gone: (origin: string) => "whole" | "refused" | "lost") {
  let origin = cell.origin;
  const client: Client = {
    ask(_, watch, meantMs = 0) {
      const how = gone(origin);
      const stream = {close() {}};
      const asked: Asked = {
        ...{id: "", watch, meantMs, stream, status: 200, firstByteMs: 1, over: true},
        refused: how === "refused",
      };
      queueMicrotask(() => watch.closed(asked, how === "whole"));
      return asked;
    },
    moveTo(next) {
      origin = next;
    },
    closed: 0,
  };
  return client;
}

test("who connects anew while the first stops is sent to the second", async () => {
  const seen: string[] = [];
  const client = clientOf((origin) => {
    if (!seen.includes(origin)) seen.push(origin);
    return "whole";
  });
  const figures = await deploy(client, cell, {
    start: async () => "second",
    async stop() {
      seen.push("told to stop");
      await until(() => seen.includes("second"));
      seen.push("gone");
    },
  });
  assert.deepEqual(seen, ["first", "told to stop", "second", "gone"]);
  assert.deepEqual([figures.failed, figures.again], [0, 0]);
});

test("a request that was refused is told apart from one that was lost", async () => {
  let count = 0;
  const client = clientOf(() => (count++ % 2 === 0 ? "refused" : "lost"));
  const {asked, failed, again} = await deploy(client, cell, {
    start: async () => "second",
    stop: async () => {},
  });
  assert.deepEqual([failed, again], [Math.floor(asked! / 2), Math.ceil(asked! / 2)]);
});
