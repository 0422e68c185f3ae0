import assert from "node:assert/strict";
import {test} from "node:test";
import {fileURLToPath} from "node:url";
import {startProcess} from "../local/world/process.ts";
import {until} from "../setup/until.ts";
import {freePort} from "./launch.ts";
import type {Pauses} from "./pauses.ts";

/** Stands still once it is told to, for as long as this. */
const STILL_MS = 300;
const PROGRAM = `process.stdin.once("data", () => {
  const end = Date.now() + ${STILL_MS};
  while (Date.now() < end);
  console.log("stood still");
});`;

test("a process that is watched tells its longest pause, once", async (t) => {
  const port = await freePort();
  const watched = startProcess({
    command: process.execPath,
    args: ["--import", fileURLToPath(new URL("pauses.ts", import.meta.url)), "-e", PROGRAM],
    env: {PAUSES_PORT: `${port}`},
    cwd: ".",
  });
  t.after(() => watched.stop(5000));
  const ask = async () => (await fetch(`http://127.0.0.1:${port}`)).json() as Promise<Pauses>;
  await until(() =>
    ask().then(
      () => true,
      () => false,
    ),
  );
  watched.child.stdin?.write("now\n");
  await until(() => watched.lines.includes("stood still"));
  const {pauseMs, collectionMs} = await ask();
  assert.ok(pauseMs >= STILL_MS && collectionMs < pauseMs, `${pauseMs} ms`);
  assert.notEqual((await ask()).pauseMs, pauseMs);
});
