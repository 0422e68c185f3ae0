import {capacityOf} from "./capacity.ts";
import type {RoutingFigures} from "./figures.ts";
import {proxyRouter} from "./proxy-router.ts";
import {leastUnderWay, type MakeRouter, roundRobin} from "./router.ts";
import {measure, type Setting, tracedIn} from "./setting.ts";

/** The share of requests that regions.yaml gives models on GPUs where it says nothing else: regions/complete.ts. */
export const HEDGE = 0.02;

/** Ways to share requests among replicas, by the name that tables give them. */
export const ROUTERS = {
  "round robin": roundRobin,
  "least under way": leastUnderWay,
  "proxy, no hedges": proxyRouter(),
  proxy: proxyRouter(HEDGE),
} as const satisfies Readonly<Record<string, MakeRouter>>;
export type RouterName = keyof typeof ROUTERS;

/** The same trace by each way of routing. */
export interface Comparison {
  readonly people: number;
  readonly perSecond: number;
  readonly rows: readonly {readonly name: RouterName; readonly figures: RoutingFigures}[];
}

/** Of what round robin has room for. */
const LOAD = 0.8;

/** `say` is told what is under way. */
export function compare(setting: Setting, say: (line: string) => void): Comparison {
  say("how many people the replicas have room for");
  return compareAt(setting, Math.round(LOAD * capacityOf(setting)), say);
}

export function compareAt(
  setting: Setting,
  people: number,
  say: (line: string) => void,
): Comparison {
  const trace = tracedIn(setting, people);
  const rows = Object.entries(ROUTERS).map(([name, router]) => {
    say(name);
    return {name: name as RouterName, figures: measure(setting, trace, router)};
  });
  const counted = trace.filter(({atMs}) => atMs >= setting.warmMs).length;
  return {people, perSecond: counted / (setting.forMs / 1000), rows};
}
