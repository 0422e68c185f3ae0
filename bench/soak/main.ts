import {writeFileSync} from "node:fs";
import {parseArgs} from "node:util";
import {readWorld} from "../../regions/read.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {machine} from "../machine.ts";
import {plot} from "./plot.ts";
import type {Sample} from "./sample.ts";
import {soak} from "./soak.ts";
import {verdict} from "./verdict.ts";

const help = `npm run soak -- --minutes N [options]

Runs the service that regions.yaml describes on this machine while people type, for a long time, and
says whether it is at the end what it was in the middle: memory, handles, sessions, failures. Exit 1 if not.

  --minutes N   how long, 1 to 1440
  --people N    who type, 3 to 60 (default 18)
  --out FILE    draws it there as SVG (default .meridian/bench/soak.svg)
  --help        this text

Ctrl-C ends it early, and draws what there is.
`;

const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => {
    if (stopped.signal.aborted) process.exit(130);
    stopped.abort();
    console.log("stopping; drawing what there is");
  });
try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

async function main() {
  const {values} = parseArgs({
    options: {
      minutes: {type: "string"},
      people: {type: "string", default: "18"},
      out: {type: "string", default: ".meridian/bench/soak.svg"},
      help: {type: "boolean", short: "h"},
    },
  });
  if (values.help) return void process.stdout.write(help);
  const minutes = requireCount("minutes", values.minutes, [1, 1440]);
  const people = requireCount("people", values.people, [3, 60]);
  const envoy = findEnvoy();
  if (!envoy)
    throw new Error("NOT RUN: a soak needs the edge, and there is no Envoy; npm start says how");
  if (process.platform !== "linux") throw new Error("NOT RUN: a soak reads /proc, which Linux has");
  const stepMs = Math.max(5000, (minutes * 60_000) / 240);
  const {signal} = stopped;
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
  writeFileSync(
    values.out,
    plot(
      `${Math.round(last.minute)} minutes, ${people} people, ${date}, ${machine().cpu}`,
      samples,
    ),
  );
  const checks = verdict(samples);
  for (const {what, held} of checks) console.log(`${held ? "held" : "NOT HELD"}: ${what}`);
  console.log(`drawn in ${values.out}`);
  process.exit(checks.every(({held}) => held) ? 0 : 1);
}

function tell({minute, proxyMb, handles, sessions, requests, failed, p50Ms, p99Ms}: Sample) {
  console.log(
    `${minute.toFixed(1).padStart(6)} min  proxies ${proxyMb.toFixed(0)} MB, ${handles} handles, ${sessions} sessions; ${requests} requests, ${failed} failed, first byte p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`,
  );
}

function requireCount(name: string, text: string | undefined, [least, most]: [number, number]) {
  const count = Number(text);
  if (text !== undefined && Number.isInteger(count) && count >= least && count <= most)
    return count;
  throw new Error(`--${name} ${text ?? "is missing"}: write a number from ${least} to ${most}`);
}
