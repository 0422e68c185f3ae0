import {readAll, wholeNumber} from "../../ops/command/arguments.ts";
import {type Interrupts, runCommand} from "../../ops/command/command.ts";
import {exitCodes} from "../../ops/command/failure.ts";
import {requireWritable, writeText} from "../../ops/command/files.ts";
import {readWorld} from "../../regions/read.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {machine} from "../machine.ts";
import {plot} from "./plot.ts";
import type {Sample} from "./sample.ts";
import {soak} from "./soak.ts";
import {verdict} from "./verdict.ts";

await runCommand({
  usage: ["npm run soak -- --minutes N [options]"],
  about: `Runs the service that regions.yaml describes on this machine while people type, for a long time, and
says whether it is at the end what it was in the middle: memory, handles, sessions, failures. Exit 1 if not.`,
  options: {
    minutes: {type: "string", value: "N", text: "how long, 1 to 1440"},
    people: {type: "string", value: "N", default: "18", text: "who type, 3 to 60 (default 18)"},
    out: {
      type: "string",
      value: "FILE",
      default: ".meridian/bench/soak.svg",
      text: "draws it there as SVG (default .meridian/bench/soak.svg)",
    },
  },
  notes: "Ctrl-C ends it early, and draws what there is.",
  read: ({values}) => ({
    out: values.out,
    ...readAll({
      minutes: () => wholeNumber("--minutes", values.minutes, 1, 1440),
      people: () => wholeNumber("--people", values.people, 3, 60),
    }),
  }),
  run: (order, interrupts) => soakAndDraw(order, stopOnInterrupts(interrupts)),
});

function stopOnInterrupts(interrupts: Interrupts): AbortSignal {
  const stopped = new AbortController();
  interrupts.on((count) => {
    if (count > 1) process.exit(exitCodes.interrupted);
    stopped.abort();
    console.log("stopping; drawing what there is");
  });
  return stopped.signal;
}

interface Order {
  readonly minutes: number;
  readonly people: number;
  /** A file's path. */
  readonly out: string;
}

async function soakAndDraw({minutes, people, out}: Order, signal: AbortSignal): Promise<number> {
  const envoy = findEnvoy();
  if (!envoy)
    throw new Error("NOT RUN: a soak needs the edge, and there is no Envoy; npm start says how");
  if (process.platform !== "linux") throw new Error("NOT RUN: a soak reads /proc, which Linux has");
  const stepMs = Math.max(5000, (minutes * 60_000) / 240);
  requireWritable("--out", out);
  const samples = await soak({
    world: readWorld(),
    envoy,
    minutes,
    people,
    stepMs,
    signal,
    told: tell,
  });
  const last = samples.at(-1);
  if (!last) throw new Error("stopped before there was anything to draw");
  const date = new Date().toISOString().slice(0, 10);
  writeText(
    "--out",
    out,
    plot(
      `${Math.round(last.minute)} minutes, ${people} people, ${date}, ${machine().cpu}`,
      samples,
    ),
  );
  const checks = verdict(samples);
  for (const {what, held} of checks) console.log(`${held ? "held" : "NOT HELD"}: ${what}`);
  console.log(`drawn in ${out}`);
  return checks.every(({held}) => held) ? 0 : exitCodes.failed;
}

function tell({minute, proxyMb, handles, sessions, requests, failed, p50Ms, p99Ms}: Sample) {
  console.log(
    `${minute.toFixed(1).padStart(6)} min  proxies ${proxyMb.toFixed(0)} MB, ${handles} handles, ${sessions} sessions; ${requests} requests, ${failed} failed, first byte p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`,
  );
}
