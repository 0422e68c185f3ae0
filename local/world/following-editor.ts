import {randomUUID} from "node:crypto";
import type {ClientHttp2Stream} from "node:http2";
import type {Typist} from "../../editor/wire.ts";
import {placeByCode} from "../../regions/places/places.ts";
import type {World} from "../../regions/world.ts";
import {resolve, signedIn} from "./connect.ts";
import type {RunningWorld} from "./world.ts";

/** Where someone types: an editor of one place that stays on one connection, and goes where DNS sends it. */
export interface Seat {
  /** Sends one request; rejects where there is no connection to send it on, or no token. */
  ask(prompt: string): Promise<Asked>;
  /** The region that it was last connected to. */
  readonly region: string | undefined;
  close(): void;
}

export interface Asked {
  /** Its `x-request-id`. */
  readonly id: string;
  readonly stream: ClientHttp2Stream;
}

export interface SeatOptions {
  readonly world: World;
  readonly running: RunningWorld;
  /** Code of the place. */
  readonly place: string;
  /** Which of the world's people sits there. */
  readonly person: number;
  /** Instead of where DNS sends the place. */
  readonly address?: string;
}

/** Asks DNS again when its answer's TTL is over, and connects anew when the answer is another. */
export function createSeat({world, running, place, person, address: fixed}: SeatOptions): Seat {
  const model = Object.keys(world.models)[0]!;
  const {credential} = running.people[person % running.people.length]!;
  let address = fixed ?? "";
  let askDnsAtMs = fixed === undefined ? 0 : Number.POSITIVE_INFINITY;
  let connecting: Promise<Typist> | undefined;
  let typist: Typist | undefined;

  async function ask(prompt: string): Promise<Asked> {
    await findAddress();
    typist = await connection();
    const id = randomUUID();
    const stream = typist.ask(prompt, id);
    stream.on("error", () => {});
    stream.on("response", ({":status": status}) => {
      if (status === 401) close();
    });
    return {id, stream};
  }

  async function findAddress() {
    if (performance.now() < askDnsAtMs) return;
    askDnsAtMs = performance.now() + world.service.ttlS * 1000;
    const answered = await resolve(running, placeByCode(place)!);
    if (answered !== address) close();
    address = answered;
  }

  function connection(): Promise<Typist> {
    if (typist && !typist.connected) close();
    connecting ??= signedIn(running, {address, model, credential}).catch((error) => {
      close();
      throw error;
    });
    return connecting;
  }

  function close() {
    typist?.close();
    typist = undefined;
    connecting = undefined;
  }

  return {
    ask,
    get region() {
      return running.regions.find((region) => region.address === address)?.name;
    },
    close,
  };
}
