import {readdirSync} from "node:fs";
import type {TypedRequest} from "../../editor/tally.ts";
import {read} from "../../local/console/observed/reader.ts";
import {podsOf} from "../../local/drills/policy.ts";
import type {RunningWorld} from "../../local/world/world.ts";
import {quantile} from "../numbers.ts";
import {residentMb} from "../proc.ts";

/** What a running world was like over one step of time. */
export interface Sample {
  /** Since the start, in minutes: the step's end. */
  readonly minute: number;
  /** Resident memory of all proxies, in megabytes; of all edges. */
  readonly proxyMb: number;
  readonly edgeMb: number;
  /** Open files and sockets of all proxies. */
  readonly handles: number;
  /** Sessions from proxies to model hosts. */
  readonly sessions: number;
  readonly requests: number;
  readonly cancelled: number;
  readonly failed: number;
  /** Waits for the first byte, in milliseconds; NaN where nothing was asked. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Reads the world as it is; `asked` is what people had of it since the last sample. */
export async function sampleOf(
  world: RunningWorld,
  asked: readonly TypedRequest[],
  minute: number,
): Promise<Sample> {
  const pids = (workload: string) => podsOf(world, workload).map(({pid}) => pid);
  const waits = asked.filter(({outcome}) => outcome === "served").map(({waitedMs}) => waitedMs);
  const count = (outcome: TypedRequest["outcome"]) =>
    asked.filter((sample) => sample.outcome === outcome).length;
  const {pods} = await read(world);
  return {
    minute,
    proxyMb: residentMb(pids("proxy")),
    edgeMb: residentMb(pids("edge")),
    handles: pids("proxy").reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0),
    sessions: pods
      .flatMap(({samples}) => samples)
      .filter(({name}) => name === "meridian_upstream_sessions")
      .reduce((sum, {value}) => sum + value, 0),
    requests: asked.length,
    cancelled: count("cancelled"),
    failed: count("failed"),
    p50Ms: quantile(waits, 0.5),
    p99Ms: quantile(waits, 0.99),
  };
}
