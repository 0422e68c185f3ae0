import assert from "node:assert/strict";
import {test} from "node:test";
import {clock, createProgress} from "./progress.ts";

function start(terminal?: number) {
  const written: string[] = [];
  const at = {ms: 0};
  let tick = () => {};
  let closed = false;
  const progress = createProgress({
    write: (text) => void written.push(text),
    terminal,
    now: () => at.ms,
    every: (work) => {
      tick = work;
      return {
        [Symbol.dispose]: () => {
          closed = true;
        },
      };
    },
  });
  const pass = (ms: number) => {
    at.ms += ms;
    tick();
  };
  return {progress, written, pass, isClosed: () => closed};
}

/** The same events, for a terminal and for a log. */
async function tell(terminal?: number) {
  const {progress, written, pass, isClosed} = start(terminal);
  progress.say("wave 1 of 4: global");
  const working = Promise.withResolvers<void>();
  const done = progress.during("global", () => working.promise);
  pass(65_000);
  progress.say("global: is up");
  working.resolve();
  await done;
  pass(60_000);
  progress.close();
  assert.ok(isClosed());
  return written;
}

test("a log is told in whole lines, without control characters, and of what takes long", async () => {
  assert.deepEqual(await tell(), [
    "   0:00  wave 1 of 4: global\n",
    "   1:05  global 1:05\n",
    "   1:05  global: is up\n",
  ]);
});

test("on a terminal the last line moves, and is never wider than it", async () => {
  const clear = "\r\x1b[2K";
  assert.deepEqual(await tell(16), [
    `${clear}   0:00  wave 1 of 4: global\n`,
    clear,
    `${clear}   0:00  global`,
    `${clear}   1:05  global`,
    `${clear}   1:05  global: is up\n`,
    `${clear}   1:05  global`,
    clear,
    clear,
  ]);
});

test("times", () => {
  const times = {0: "0:00", 59999: "0:59", 60000: "1:00", 3599000: "59:59", 3661000: "1:01:01"};
  for (const [ms, text] of Object.entries(times)) assert.equal(clock(Number(ms)), text);
});
