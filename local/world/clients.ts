import {setTimeout as sleep} from "node:timers/promises";
import type {Typist} from "../../editor/wire.ts";
import {placeByCode} from "../../regions/places/places.ts";
import type {World} from "../../regions/world.ts";
import {resolve, signedIn} from "./connect.ts";
import type {RunningWorld} from "./world.ts";

/** Editors of one place that complete without end, first at one address, then where DNS sends them. */
export interface Clients {
  /** Begins to count anew. */
  count(): void;
  counted(): Counts;
  /** How many were last served at an address. */
  servedAt(address: string): number;
  stop(): Promise<void>;
}

export interface Counts {
  readonly served: number;
  /** Failed, and begun before the count. */
  readonly cut: number;
  readonly failed: number;
  /** What the first of the failed ones was told. */
  readonly failure: string | undefined;
}

export interface ClientsOptions {
  readonly world: World;
  readonly running: RunningWorld;
  /** Code of the place. */
  readonly place: string;
  readonly address: string;
  readonly clients: number;
  /** Between a completion and the next of the same client. */
  readonly pauseMs: number;
}

const NONE: Counts = {served: 0, cut: 0, failed: 0, failure: undefined};
const PROMPT = "const total = items.reduce((sum, item) =>";

/** Their answers' TTLs end one after the other, as those of people do. */
export function startClients(options: ClientsOptions): Clients {
  const {address, clients} = options;
  const servedAt = Array.from({length: clients}, () => address);
  let counts = NONE;
  let fromMs = Number.POSITIVE_INFINITY;
  let stopped = false;

  async function work(index: number) {
    const client = createClient(options, index);
    while (!stopped) {
      const begunMs = performance.now();
      try {
        servedAt[index] = await client.complete();
        counts = {...counts, served: counts.served + 1};
      } catch (error) {
        counts = begunMs < fromMs ? {...counts, cut: counts.cut + 1} : failedOnce(counts, error);
      }
      await sleep(options.pauseMs);
    }
    client.close();
  }

  const working = servedAt.map((_, index) => work(index));
  return {
    count: () => {
      counts = NONE;
      fromMs = performance.now();
    },
    counted: () => counts,
    servedAt: (wanted) => servedAt.filter((other) => other === wanted).length,
    stop: async () => {
      stopped = true;
      await Promise.all(working);
    },
  };
}

function failedOnce(counts: Counts, error: unknown): Counts {
  const {failed, failure = (error as Error).message.trim()} = counts;
  return {...counts, failed: failed + 1, failure};
}

/** One editor: asks DNS when its answer's TTL is over, and connects anew when the answer is another. */
function createClient({world, running, place, clients, ...at}: ClientsOptions, index: number) {
  const ttlMs = world.service.ttlS * 1000;
  const model = Object.keys(world.models)[0]!;
  const {credential} = running.people[index % running.people.length]!;
  let {address} = at;
  let askAtMs = performance.now() + (ttlMs * (index + 1)) / clients;
  let typist: Typist | undefined;

  function close() {
    typist?.close();
    typist = undefined;
  }

  async function ask() {
    if (performance.now() < askAtMs) return;
    askAtMs += ttlMs;
    const answered = await resolve(running, placeByCode(place)!);
    if (answered !== address) close();
    address = answered;
  }

  /** Resolves to the address that served it. */
  async function complete(): Promise<string> {
    try {
      await ask();
      typist ??= await signedIn(running, {address, model, credential});
      await typist.complete(PROMPT);
      return address;
    } catch (error) {
      close();
      throw error;
    }
  }

  return {complete, close};
}
