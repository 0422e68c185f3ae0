import {constants} from "node:http2";
import {setTimeout as sleep} from "node:timers/promises";
import type {World} from "../../regions/world.ts";
import {type Asked, createSeat, type Seat} from "../world/following-editor.ts";
import type {RunningWorld} from "../world/world.ts";

/** People all over the world who type a little, so that there is something to see. */
export interface Crowd {
  /** Requests a second from each place to the region that serves it, over the last seconds. */
  arcs(): readonly Arc[];
  stop(): Promise<void>;
}

export interface Arc {
  readonly place: string;
  readonly region: string;
  readonly perS: number;
}

/** Two people in each: about the largest cities of each continent. */
const PLACES = [
  ...["NA-US-NY", "NA-US-CA", "NA-US-TX", "NA-CA-ON", "NA-MX", "SA-BR", "SA-AR", "SA-CO"],
  ...["EU-DE", "EU-FR", "EU-GB", "EU-SE", "EU-PL", "EU-ES", "AF-NG", "AF-ZA", "AF-EG"],
  ...["AS-JP", "AS-KR", "AS-IN", "AS-SG", "AS-AE", "OC-AU", "OC-NZ"],
];
/** Between two requests of one person: from typing at 200 ms a key, debounced, to thinking. */
const PAUSE_MS = [600, 3000] as const;
/** Share of requests that are typed through, as measured of the widely used service. */
const TYPED_THROUGH = 0.48;
/** From a request to the next key. */
const NEXT_KEY_MS = 300;
const WINDOW_MS = 5000;
const PROMPT = `export function total(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + item.price, 0);
}

export function average(items: readonly Item[]): number {
  return`;

/** 48 people, who together ask less than 30 times a second. */
export function startCrowd({world, running}: {world: World; running: RunningWorld}): Crowd {
  const stopping = new AbortController();
  let sent: {readonly atMs: number; readonly place: string; readonly region: string}[] = [];

  async function type(place: string, person: number) {
    const seat = createSeat({world, running, place, person});
    while (!stopping.signal.aborted) {
      await pause(between(...PAUSE_MS), stopping.signal);
      await askOnce(seat).catch(() => pause(PAUSE_MS[1], stopping.signal));
      if (seat.region) sent.push({atMs: performance.now(), place, region: seat.region});
    }
    seat.close();
  }

  function arcs(): Arc[] {
    sent = sent.filter(({atMs}) => atMs > performance.now() - WINDOW_MS);
    const byArc = Map.groupBy(sent, ({place, region}) => `${place} ${region}`);
    return [...byArc.values()].map((all) => {
      const {place, region} = all[0]!;
      return {place, region, perS: (1000 * all.length) / WINDOW_MS};
    });
  }

  const typing = [...PLACES, ...PLACES].map(type);
  return {
    arcs,
    stop: async () => {
      stopping.abort();
      await Promise.all(typing);
    },
  };
}

async function askOnce(seat: Seat): Promise<void> {
  const asked = await seat.ask(PROMPT);
  if (Math.random() < TYPED_THROUGH) cancelAfter(asked, between(0, NEXT_KEY_MS));
  await ended(asked);
}

const STORM = 150;

/** Someone who holds a key down: every other request is left at once, the rest soon after. */
export async function storm(seat: Seat): Promise<void> {
  for (let sent = 0; sent < STORM; sent++) {
    const asked = await seat.ask(PROMPT);
    cancelAfter(asked, sent % 2 === 0 ? 0 : between(0, 60));
    await sleep(10);
  }
}

function cancelAfter({stream}: Asked, ms: number) {
  if (ms === 0) return stream.close(constants.NGHTTP2_CANCEL);
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), ms);
  stream.on("close", () => clearTimeout(timer));
}

function ended({stream}: Asked): Promise<void> {
  stream.resume();
  return new Promise((resolve) => (stream.closed ? resolve() : stream.once("close", resolve)));
}

const between = (least: number, most: number): number => least + Math.random() * (most - least);

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, {signal}).catch(() => {});
