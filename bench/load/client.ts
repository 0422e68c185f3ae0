import type {Aim, Client} from "./asked.ts";
import {createHttp1Client} from "./http1-client.ts";
import {createHttp2Client} from "./http2-client.ts";
import {spinUntil} from "./pace.ts";

const READY_WITHIN_MS = 15_000;

/** Connects, and waits until a request is answered with 200. */
export async function connectClient(aim: Aim, connections: number): Promise<Client> {
  const client = aim.http1 ? createHttp1Client(aim) : createHttp2Client(aim, connections);
  await ready(client);
  return client;
}

/** A target's own health checks may not have found what is behind it yet. */
async function ready(client: Client) {
  const endMs = performance.now() + READY_WITHIN_MS;
  for (let status = 0; status !== 200; ) {
    if (performance.now() > endMs) throw new Error(`the target answers ${status}, not 200`);
    const {promise, resolve} = Promise.withResolvers<number>();
    client.ask("unary", {closed: (asked) => resolve(asked.status)});
    status = await promise;
    await spinUntil(() => false, 20);
  }
}
