import assert from "node:assert/strict";
import {existsSync} from "node:fs";
import {test} from "node:test";
import {cpuUs, openFilesOf, residentBytes, residentMb} from "./proc.ts";

test("memory in use is one line of a process's status", () => {
  assert.equal(residentBytes("VmHWM:\t  90 kB\nVmRSS:\t   88 kB\nRssAnon:\t 4 kB\n"), 88 * 1024);
});

test("files that may be open are the softer of two limits", () => {
  const line =
    "Max cpu time  unlimited  unlimited  seconds\nMax open files   1024   20000   files\n";
  assert.equal(openFilesOf(line), 1024);
  assert.equal(openFilesOf(line.replace("1024", "unlimited")), Number.POSITIVE_INFINITY);
});

test("this process has used a core and memory", (t) => {
  if (!existsSync("/proc/self/schedstat")) return t.skip("NOT RUN: needs the /proc of Linux");
  const before = cpuUs([process.pid]);
  const mb = process.memoryUsage.rss() / 1e6;
  for (let turn = 0; cpuUs([process.pid]) === before; turn++) assert.ok(turn < 1e6);
  assert.ok(Math.abs(residentMb([process.pid]) - mb) < mb / 2);
});
