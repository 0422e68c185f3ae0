import {setTimeout as sleep} from "node:timers/promises";
import type {Stroke} from "../../editor/strokes.ts";
import {type Tally, type TypedRequest, tallyOf} from "../../editor/tally.ts";
import type {World} from "../../regions/world.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {until} from "../../setup/until.ts";
import {isWell} from "../dns/probes.ts";
import type {RunningRegion} from "../world/region.ts";
import {type RunningWorld, startWorld} from "../world/world.ts";
import {FIRST_BYTE_MS, type Load, QUOTA_FACTOR, startLoad, WEIGHTS_MS} from "./load.ts";

/** That there are none of these requests; if there are, why the first failed. */
export const none = (requests: readonly TypedRequest[], which: string): Check => ({
  what: `${requests.length} ${which}${requests[0] ? `: ${requests[0].text}` : ""}`,
  held: requests.length === 0,
});

/** A scripted incident. */
export interface Drill {
  readonly name: string;
  /** What should hold: one sentence. */
  readonly holds: string;
  /** What it is played in, of the world that is given; that one if left out. */
  readonly on?: (world: World) => World;
  /** Of the weights that models on GPUs have by mistake, by model. */
  readonly families?: Readonly<Record<string, string>>;
  /** Plays it, and resolves to whether each part of that sentence held. */
  play(stage: Stage): Promise<readonly Check[]>;
}

export interface Check {
  readonly what: string;
  readonly held: boolean;
}

/** What a drill has to play with: a world, and people who use it. */
export interface Stage {
  readonly world: World;
  readonly running: RunningWorld;
  readonly load: Load;
  /** The region that loses something: where the service is at home. */
  readonly region: RunningRegion;
  readonly short: boolean;
  /** Says what breaks, and starts to count. */
  broke(what: string): void;
  note(what: string): void;
  /** Says that the service has noticed. */
  detected(what: string): void;
  /** Waits for a condition and notes it. Rejects where it does not come about in time. */
  when(what: string, condition: () => boolean | Promise<boolean>, limitMs?: number): Promise<void>;
  /** Whether a region's health page says that it is well. */
  isIn(region: RunningRegion): Promise<boolean>;
  /** Waits: in the short form less long. */
  pause(shortMs: number, wholeMs: number): Promise<void>;
  /** The requests that began at a time or later, and failed. */
  failedSince(fromMs: number): readonly TypedRequest[];
  /** That no request has failed since something broke. */
  noneFailed(): Check;
  /** Loses the health probes that `isLost` chooses, until told otherwise. */
  loseProbes(isLost: () => boolean): void;
}

export interface Event {
  /** Since the incident began. */
  readonly atMs: number;
  readonly what: string;
}

/** A drill that has been played. */
export interface Played {
  readonly name: string;
  readonly holds: string;
  readonly held: boolean;
  readonly checks: readonly Check[];
  readonly events: readonly Event[];
  readonly tally: Tally;
  /** Undefined where the service had nothing to see. */
  readonly detectMs: number | undefined;
}

export interface PlayOptions {
  readonly world: World;
  readonly people: number;
  readonly short: boolean;
  readonly trace?: readonly Stroke[] | undefined;
  /** Told what happens when it does. */
  readonly told?: (event: Event) => void;
  /** Where worlds run beside each other, each has its own folder and addresses: see startWorld. */
  readonly folder?: string;
  readonly block?: number;
}

/** By then everyone has a token, and each region has enough good requests to judge itself by. */
const WARM_MS = {short: 4000, whole: 8000};
const LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 50;

/** Plays a drill in a world of its own. */
export async function play(drill: Drill, options: PlayOptions): Promise<Played> {
  const {short, people, trace, told = () => {}, folder, block} = options;
  const world = drill.on?.(options.world) ?? options.world;
  const probes = {isLost: () => false};
  const running = await startWorld({
    world,
    proxies: 2,
    edges: 2,
    envoy: requireEnvoy(),
    probeLost: () => probes.isLost(),
    firstByteMs: FIRST_BYTE_MS,
    quotaFactor: QUOTA_FACTOR,
    weightsMs: WEIGHTS_MS,
    families: drill.families,
    ...(folder && {folder}),
    ...(block !== undefined && {block}),
    ...(short && {probeMs: 500}),
  });
  try {
    const load = startLoad({world, running, people, trace});
    try {
      await sleep(short ? WARM_MS.short : WARM_MS.whole);
      const loseProbes = (isLost: () => boolean) => {
        probes.isLost = isLost;
      };
      return await playOn(drill, {world, running, load, short, told, loseProbes});
    } finally {
      await load.stop();
    }
  } finally {
    await running.stop();
  }
}

interface Ground extends Pick<Stage, "world" | "running" | "load" | "short" | "loseProbes"> {
  readonly told: (event: Event) => void;
}

async function playOn(drill: Drill, ground: Ground): Promise<Played> {
  const {world, running, load, told} = ground;
  const events: Event[] = [];
  let brokeMs = performance.now();
  let detectMs: number | undefined;
  const since = () => performance.now() - brokeMs;
  const note = (what: string) => {
    const event = {atMs: since(), what};
    events.push(event);
    told(event);
  };
  const tally = () => tallyOf(load.requests, brokeMs, world.service.objective.firstByteMs);
  const checks = await drill.play({
    ...ground,
    pause: (shortMs, wholeMs) => sleep(ground.short ? shortMs : wholeMs),
    failedSince: (fromMs) =>
      load.requests.filter(({beganMs, outcome}) => beganMs >= fromMs && outcome === "failed"),
    noneFailed: () => ({what: `${tally().failed} failed`, held: tally().failed === 0}),
    region: running.regions.find(({name}) => name === world.service.home)!,
    note,
    broke: (what) => {
      brokeMs = performance.now();
      note(what);
    },
    detected: (what) => {
      detectMs ??= since();
      note(what);
    },
    when: async (what, condition, withinMs = LIMIT_MS) => {
      await until(condition, {what, withinMs, everyMs: LOOK_EVERY_MS});
      note(what);
    },
    isIn: ({address}) =>
      isWell({host: address, port: running.port}, running.hostname, {
        path: "/healthz",
        timeoutInSeconds: 5,
      }),
  });
  const {name, holds} = drill;
  const held = checks.length > 0 && checks.every(({held}) => held);
  return {name, holds, held, checks, events, tally: tally(), detectMs};
}

/** What users see depends on the edge, so without one no drill is played. */
function requireEnvoy(): string {
  const envoy = findEnvoy();
  if (envoy) return envoy;
  throw new Error("NOT RUN: every drill needs the edge, and there is no Envoy; npm start says how");
}
