import type {Cell, Figures} from "../measures.ts";
import type {Pauses} from "../pauses.ts";
import type {Client} from "./asked.ts";
import {LINGER_MS} from "./loop.ts";
import {pace, spinUntil} from "./pace.ts";

/** The longest that the target's event loop stood still while small requests came at even times. */
export async function pause(client: Client, {size, pauses}: Cell): Promise<Figures> {
  let [under, failed] = [0, 0];
  const watch = {
    closed(_: unknown, whole: boolean) {
      under--;
      if (!whole) failed++;
    },
  };
  const fire = () => {
    under++;
    client.ask("unary", watch);
  };
  const {perSecond = 0, settleS, seconds} = size;
  await pace({perSecond, count: perSecond * settleS, fire});
  await read(pauses);
  await pace({perSecond, count: perSecond * seconds, fire});
  const longest = await read(pauses);
  await spinUntil(() => under === 0, LINGER_MS);
  return {...longest, seconds, failed: failed + under, closed: client.closed};
}

async function read(url: string | undefined): Promise<Pauses> {
  if (url === undefined) throw new Error("the target does not tell its pauses");
  return (await fetch(url)).json() as Promise<Pauses>;
}
