/** For the equivalence tests: what each renderer produced, read back and paired with the plan. */
import {publicName} from "../regions/names.ts";
import type {World} from "../regions/world.ts";
import type {Deviation} from "./answers.ts";
import {answersBy, dynamicRecord} from "./octodns/octodns.ts";
import {type ProviderName, providers} from "./octodns/providers.ts";
import type {DynamicRecord} from "./octodns/record.ts";
import type {Plan} from "./plan.ts";
import {type Reader, readPlan, readProfiles, readRecord, readRecordByRoute53} from "./readers.ts";
import {profilesOf, rootName, trafficManagerAnswers} from "./traffic-manager/traffic-manager.ts";

/** What answers as planned, and what was rendered. */
export interface Pair {
  readonly planned: Reader;
  readonly rendered: Reader;
  readonly targetOf: (region: string) => string;
  /** The answer when all of a chain is lost, where it is not the chain's own. */
  readonly last?: string;
}

function byProfiles(world: World, plan: Plan): Pair {
  const targetOf = targetIn(world);
  const rendered = readProfiles(profilesOf(world, plan), rootName(world));
  const {deviations} = trafficManagerAnswers(plan);
  return {planned: deviating(readPlan(plan, targetOf), deviations), rendered, targetOf};
}

/** When all of a chain is lost, octoDNS answers with the record's own value. */
const byRecord =
  (name: ProviderName, read: (record: DynamicRecord) => Reader) =>
  (world: World, plan: Plan): Pair => {
    const targetOf = targetIn(world);
    const provider = providers[name];
    const record = dynamicRecord(world, plan, {provider});
    const last = record.value.slice(0, -1);
    const {deviations} = answersBy(provider, plan);
    const planned = deviating(readPlan(plan, targetOf, last), deviations);
    return {planned, rendered: read(record), targetOf, last};
  };

/** Exactly the reported deviations are answered differently from the plan. */
function deviating(planned: Reader, deviations: readonly Deviation[]): Reader {
  const given = new Map(deviations.map(({place, given}) => [place, given.name]));
  for (const {azure} of given.keys())
    if (!UNNAMED.test(azure))
      throw new Error(`${azure} has a code, and is not answered as planned`);
  return {...planned, keyOf: (place) => given.get(place) ?? planned.keyOf(place)};
}

/** Places without a code in one of the systems, and countries whose states all lack one. */
const UNNAMED = /^(CA(-..)?|AQ|BV|CX|EH|HM|PN|SX|TF|TL|UM|VA)$/;

export const targetIn = (world: World) => (region: string) =>
  publicName(world, world.regions.find(({name}) => name === region)!);

/** Groups deviations by what is answered instead. */
export const pairs: Record<string, (world: World, plan: Plan) => Pair> = {
  "Traffic Manager's profiles": byProfiles,
  "octoDNS's rules on Azure": byRecord("azure", readRecord),
  "octoDNS's rules on Route 53": byRecord("route53", readRecordByRoute53),
  "octoDNS's rules on NS1": byRecord("ns1", readRecord),
};
