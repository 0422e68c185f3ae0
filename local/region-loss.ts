import {setTimeout as sleep} from "node:timers/promises";
import {type Monitor, monitorOf} from "../dns/traffic-manager.ts";
import {type Place, placeByCode} from "../regions/places.ts";
import type {World} from "../regions/world.ts";
import {resolve} from "./demonstration.ts";
import {isWell} from "./probes.ts";
import {subnetOf} from "./subnets.ts";
import {connectTypist, type Typist} from "./typist.ts";
import type {RunningWorld} from "./world.ts";

/** What happened when a region's model host was lost under load; times are from then on, in milliseconds. */
export interface Loss {
  readonly region: string;
  /** The region's health page says that it is ill. */
  readonly votedOutMs: number;
  /** DNS has stopped to answer it. */
  readonly outOfDnsMs: number;
  /** The last client has asked DNS again and is connected to another region. */
  readonly movedMs: number;
  readonly clients: number;
  /** Completions since the loss. */
  readonly served: number;
  /** Of those begun before it: their answers were broken off, and nobody can go on with half of one. */
  readonly cut: number;
  readonly failed: number;
  /** What the first of the failed ones was told. */
  readonly failure: string | undefined;
}

export interface LossOptions {
  readonly world: World;
  readonly running: RunningWorld;
  readonly region: string;
  /** Where the users are whom the region serves. */
  readonly place: string;
  readonly clients: number;
  /** Between a completion and the next of the same client. */
  readonly pauseMs?: number;
  /** Before the loss: for every client to sign in, and for the region's window to hold good samples. */
  readonly warmMs?: number;
  /** Each step must come within this. */
  readonly limitMs?: number;
}

/**
 * Loses a region's model host while clients complete on it, and waits until the last has moved. A client
 * asks DNS again when its answer's TTL is over, and moves when the answer is another. Rejects, with the
 * host restored, where a step does not come.
 */
export async function loseRegion(options: LossOptions): Promise<Loss> {
  const {running, region: name, limitMs = 180_000} = options;
  const region = running.regions.find((other) => other.name === name)!;
  const clients = await startClients(options, region.address);
  const at = {host: region.address, port: running.port};
  const isVotedOut = async () =>
    !(await isWell(at, running.hostname, {path: "/healthz", timeoutInSeconds: 5}));
  const startedMs = performance.now();
  const when = async (step: string, condition: () => boolean | Promise<boolean>) => {
    while (!(await condition())) {
      if (performance.now() - startedMs > limitMs)
        throw new Error(`${name} is lost for ${limitMs / 1000} s, and not yet: ${step}`);
      await sleep(STEP_MS);
    }
    return performance.now() - startedMs;
  };
  try {
    clients.count();
    region.model.lose();
    const votedOutMs = await when("voted out", isVotedOut);
    const outOfDnsMs = await when("out of DNS", () => !running.healthy(name));
    const movedMs = await when("all clients moved", () => clients.on(region.address) === 0);
    return {
      region: name,
      votedOutMs,
      outOfDnsMs,
      movedMs,
      clients: options.clients,
      ...clients.counted(),
    };
  } finally {
    region.model.restore();
    await clients.stop();
  }
}

const STEP_MS = 50;

interface Clients {
  /** Begins to count. */
  count(): void;
  counted(): Pick<Loss, "served" | "cut" | "failed" | "failure">;
  /** How many are connected to an address. */
  on(address: string): number;
  stop(): Promise<void>;
}

/** Clients that complete on one region without end; their answers' TTLs end one after the other. */
async function startClients(
  {world, running, place: code, clients, pauseMs = 100, warmMs = 3000}: LossOptions,
  address: string,
): Promise<Clients> {
  const place = placeByCode(code)!;
  const ttlMs = world.service.ttlS * 1000;
  const addresses = Array.from({length: clients}, () => address);
  const none = {served: 0, cut: 0, failed: 0, failure: undefined as string | undefined};
  let counts = {...none};
  let countedFromMs = Number.POSITIVE_INFINITY;
  let stopped = false;

  async function work(index: number) {
    const credential = running.people[index % running.people.length]!.credential;
    let typist: Typist | undefined;
    let askAtMs = performance.now() + (ttlMs * (index + 1)) / clients;
    while (!stopped) {
      const begunMs = performance.now();
      try {
        if (performance.now() >= askAtMs) {
          askAtMs += ttlMs;
          const answered = await answeredTo(running, place);
          if (answered !== addresses[index]) typist = close(typist);
          addresses[index] = answered;
        }
        typist ??= await connect(running, {world, address: addresses[index]!, credential});
        await typist.complete(PROMPT);
        counts.served++;
      } catch (error) {
        if (begunMs < countedFromMs) counts.cut++;
        else {
          counts.failed++;
          counts.failure ??= (error as Error).message;
        }
        typist = close(typist);
      }
      await sleep(pauseMs);
    }
    close(typist);
  }

  const working = addresses.map((_, index) => work(index));
  await Promise.race([sleep(warmMs), ...working]);
  return {
    count: () => {
      counts = {...none};
      countedFromMs = performance.now();
    },
    counted: () => counts,
    on: (wanted) => addresses.filter((other) => other === wanted).length,
    stop: async () => {
      stopped = true;
      await Promise.all(working);
    },
  };
}

const PROMPT = "const total = items.reduce((sum, item) =>";

const answeredTo = ({dns, hostname}: RunningWorld, place: Place): Promise<string> =>
  resolve(dns, hostname, subnetOf(place));

function close(typist: Typist | undefined): undefined {
  typist?.close();
}

async function connect(
  running: RunningWorld,
  {world, address, credential}: {world: World; address: string; credential: string},
): Promise<Typist> {
  const typist = await connectTypist({
    address,
    port: running.port,
    hostname: running.hostname,
    authority: running.authority.pem,
    model: Object.keys(world.models)[0]!,
    ...(!running.edge && {issuer: {port: running.issuerPort}}),
  });
  await typist.signIn(credential);
  return typist;
}

/** Bounds of each step by the formula, in milliseconds. */
export interface Expected {
  readonly outOfDnsMs: readonly [least: number, most: number];
  readonly movedMs: number;
}

/**
 * A region is out when it has failed more probes in a row than are tolerated: the first of them comes
 * within an interval of its vote, and each may take as long as its timeout. Clients know when their
 * answers' TTL is over.
 */
export function expected(world: World, votedOutMs: number): Expected {
  const {intervalInSeconds, timeoutInSeconds, toleratedNumberOfFailures}: Monitor =
    monitorOf(world);
  const least = votedOutMs + 1000 * intervalInSeconds * toleratedNumberOfFailures;
  const most = least + 1000 * (intervalInSeconds + timeoutInSeconds);
  return {outOfDnsMs: [least, most], movedMs: most + 1000 * world.service.ttlS};
}

/** A loss as a timeline, with what the formula says beside what was measured. */
export function timeline(world: World, loss: Loss): string {
  const {region, votedOutMs, outOfDnsMs, movedMs, clients, served, cut, failed, failure} = loss;
  const {outOfDnsMs: bounds, movedMs: latest} = expected(world, votedOutMs);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const line = (ms: number, what: string, by: string) =>
    `${seconds(ms).padStart(8)}  ${what.padEnd(44)}${by}`.trimEnd();
  return [
    line(0, `${region}'s model host is lost, ${clients} clients on it`, ""),
    line(votedOutMs, "the region votes itself out", ""),
    line(outOfDnsMs, "DNS answers other regions", `by formula ${bounds.map(seconds).join(" to ")}`),
    line(movedMs, "the last client has moved", `by formula at most ${seconds(latest)}`),
    "",
    `${served} completions served meanwhile, ${failed} failed${failure ? ` (the first: ${failure})` : ""}; ${cut} were under way when it was lost.`,
    "",
  ].join("\n");
}
