import {readFileSync} from "node:fs";
import {worldFile} from "../../../regions/read.ts";
import type {World} from "../../../regions/world.ts";
import {exitCodes} from "../../command/failure.ts";
import {connect, type Where} from "../connection.ts";
import {outlookOf} from "./ends.ts";
import {endsMarkdown, endsText} from "./ends-report.ts";
import {askMarket, type Market} from "./market.ts";

export interface Telling extends Where {
  readonly withinDays: number;
  readonly offline?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly markdown?: boolean | undefined;
}

/** Prints which models of these stacks end. Resolves to the exit code. */
export async function tellEnds(
  world: World,
  stacks: readonly string[],
  telling: Telling,
): Promise<number | undefined> {
  const {withinDays, json, markdown} = telling;
  const regions = world.regions.filter(({name}) => stacks.includes(name));
  const {offers, unasked} = await marketOf({...world, regions}, telling);
  const nowMs = Date.now();
  const outlook = outlookOf({world, regions, market: offers, nowMs, withinDays});
  const failed = outlook.ends.length + unasked.length > 0;
  const text = readFileSync(worldFile, "utf8");
  const told = {...outlook, world, text, nowMs, withinDays, unasked};
  const asJson = () => `${JSON.stringify({ok: !failed, ...outlook, unasked}, null, 2)}\n`;
  process.stdout.write(json ? asJson() : markdown ? endsMarkdown(told) : endsText(told));
  return failed ? exitCodes.failed : undefined;
}

async function marketOf(world: World, {offline, ...where}: Telling): Promise<Market> {
  if (offline) return {offers: new Map(), unasked: []};
  const names = world.regions.map(({name}) => name);
  const {arm, subscriptionOf} = await connect(world, names, where);
  return askMarket(arm, names, subscriptionOf);
}
