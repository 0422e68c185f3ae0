import {planOf} from "../../../dns/plan.ts";
import type {World} from "../../../regions/world.ts";
import type {RunningWorld} from "../../world/world.ts";
import {figuresOf} from "./figures.ts";
import {type Happening, happenings} from "./happenings.ts";
import {heirsOf} from "./heirs.ts";
import {read} from "./reader.ts";
import type {Reading} from "./reading.ts";
import {type Dns, type Snapshot, snapshotOf, type Totals} from "./snapshot.ts";

/** Looks at the world once a second. */
export interface Observer {
  /** The last look; undefined before the first. */
  readonly snapshot: Snapshot | undefined;
  /** The latest, oldest first. */
  readonly log: readonly Happening[];
  readonly totals: Totals;
  close(): void;
}

const EVERY_MS = 1000;
/** What rates are taken over. */
const WINDOW = 5;
const KEPT = 100;

export function startObserver({
  world,
  running,
  isDrained,
  looked,
  everyMs = EVERY_MS,
}: {
  world: World;
  running: RunningWorld;
  isDrained: (region: string) => boolean;
  looked: (snapshot: Snapshot, news: readonly Happening[]) => void;
  everyMs?: number;
}): Observer {
  const plan = planOf(world);
  let readings: Reading[] = [];
  let snapshot: Snapshot | undefined;
  let log: Happening[] = [];
  let prompt = 0;
  let isLooking = false;

  const dnsOf = (region: string): Dns =>
    isDrained(region) ? "drained" : running.healthy(region) ? "in" : "out";

  async function look() {
    if (isLooking) return;
    isLooking = true;
    const reading = await read(running);
    isLooking = false;
    const last = readings.at(-1) ?? reading;
    readings = [...readings, reading].slice(-WINDOW - 1);
    const regions = running.regions.map(({name}) => ({name, dns: dnsOf(name)}));
    const next = snapshotOf(readings, regions);
    const out = next.regions.filter(({dns}) => dns !== "in").map(({name}) => name);
    const heirs = (region: string) =>
      heirsOf(
        plan,
        region,
        out.filter((name) => name !== region),
      );
    const news = snapshot ? happenings(snapshot, next, heirs) : [];
    prompt += figuresOf([last, reading]).sparedTokens;
    snapshot = next;
    log = [...log, ...news].slice(-KEPT);
    looked(next, news);
  }

  const timer = setInterval(look, everyMs);
  void look();
  return {
    get snapshot() {
      return snapshot;
    },
    get log() {
      return log;
    },
    get totals() {
      const answers = running.regions.map(({model}) => model.stats().unsaid);
      return {prompt, answer: answers.reduce((a, b) => a + b)};
    },
    close: () => clearInterval(timer),
  };
}
