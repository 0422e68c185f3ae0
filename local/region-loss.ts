import {setTimeout as sleep} from "node:timers/promises";
import {type ClientsOptions, type Counts, startClients} from "./clients.ts";
import {isWell} from "./probes.ts";

/** What happened when a region's model host was lost under load; times are from then on, in milliseconds. */
export interface Loss extends Counts {
  readonly region: string;
  /** The region's health page says that it is ill. */
  readonly votedOutMs: number;
  /** DNS has stopped to answer it. */
  readonly outOfDnsMs: number;
  /** The last client has asked DNS again and is served by another region. */
  readonly movedMs: number;
  readonly clients: number;
}

export interface LossOptions extends Omit<ClientsOptions, "address"> {
  readonly region: string;
  /** Before the loss: for every client to sign in, and for the region's window to hold good samples. */
  readonly warmMs: number;
  /** Each step must come within this. */
  readonly limitMs: number;
}

/**
 * Loses a region's model host while clients complete on it, and waits until the last has moved. A client
 * asks DNS again when its answer's TTL is over, and moves when the answer is another. Rejects, with the
 * host restored, where a step does not come.
 */
export async function loseRegion(options: LossOptions): Promise<Loss> {
  const {running, region: name, warmMs, limitMs} = options;
  const region = running.regions.find((other) => other.name === name)!;
  const clients = startClients({...options, address: region.address});
  const at = {host: region.address, port: running.port};
  const isVotedOut = async () =>
    !(await isWell(at, running.hostname, {path: "/healthz", timeoutInSeconds: 5}));
  let lostAtMs = 0;
  const when = async (step: string, condition: () => boolean | Promise<boolean>) => {
    while (!(await condition())) {
      if (performance.now() - lostAtMs > limitMs)
        throw new Error(`${name} is lost for ${limitMs / 1000} s, and not yet: ${step}`);
      await sleep(STEP_MS);
    }
    return performance.now() - lostAtMs;
  };
  try {
    await sleep(warmMs);
    clients.count();
    lostAtMs = performance.now();
    region.model.lose();
    const votedOutMs = await when("voted out", isVotedOut);
    const outOfDnsMs = await when("out of DNS", () => !running.healthy(name));
    const movedMs = await when("all clients moved", () => clients.servedAt(region.address) === 0);
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
