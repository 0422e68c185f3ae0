/**
 * What clients are answered by what octoDNS's providers made in Route 53 and NS1, by the documents of
 * those two alone.
 */
import type {Place} from "../regions/places.ts";
import {type Answers, type Reader, shown} from "./readers.ts";
import {route53ContinentOf} from "./route53.ts";

/** A record set of Route 53, as far as it decides who is answered. */
export interface RecordSet {
  readonly Name: string;
  readonly SetIdentifier?: string;
  readonly AliasTarget?: {readonly DNSName: string; readonly EvaluateTargetHealth: boolean};
  readonly Failover?: "PRIMARY" | "SECONDARY";
  readonly GeoLocation?: {
    readonly ContinentCode?: string;
    readonly CountryCode?: string;
    readonly SubdivisionCode?: string;
  };
  readonly HealthCheckId?: string;
  readonly ResourceRecords?: readonly {readonly Value: string}[];
  readonly Weight?: number;
}

export interface HealthCheck {
  readonly Id: string;
  readonly HealthCheckConfig: {readonly FullyQualifiedDomainName: string};
}

/**
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html and
 * .../resource-record-sets-values-geo.html: the smallest location that is well counts, then the larger
 * ones; an alias is as well as what it targets, any of a group's being enough; what has no check is well;
 * where none of a group is well, all are taken to be.
 */
export function readRoute53(
  sets: readonly RecordSet[],
  checks: readonly HealthCheck[],
  hostname: string,
): Reader {
  const byName = Map.groupBy(sets, ({Name}) => Name);
  const probed = new Map(
    checks.map(({Id, HealthCheckConfig}) => [Id, bare(HealthCheckConfig.FullyQualifiedDomainName)]),
  );
  const groupOf = ({AliasTarget}: RecordSet) => byName.get(AliasTarget!.DNSName)!;

  function isWell(set: RecordSet, lost: ReadonlySet<string>): boolean {
    if (set.AliasTarget)
      return !set.AliasTarget.EvaluateTargetHealth || groupOf(set).some((one) => isWell(one, lost));
    return set.HealthCheckId === undefined || !lost.has(probed.get(set.HealthCheckId)!);
  }

  function walk(group: readonly RecordSet[], lost: ReadonlySet<string>): Answers {
    const well = group.filter((set) => isWell(set, lost));
    const open = well.length > 0 ? well : group;
    const first = open.find(({Failover}) => Failover === "PRIMARY") ?? open[0]!;
    if (first.AliasTarget) return walk(groupOf(first), lost);
    return shown(
      open.map(({ResourceRecords, Weight = 1}) => ({
        target: bare(ResourceRecords![0]!.Value),
        weight: Weight,
      })),
    );
  }

  const located = (place: Place) => {
    const found = locationsOf(place).flatMap(
      (location) => byName.get(`${hostname}.`)!.find((set) => locationOf(set) === location) ?? [],
    );
    return found.map(({SetIdentifier}) => SetIdentifier!);
  };
  return {
    keyOf: (place) => located(place).join(" "),
    answers: (key, lost) => {
      const own = key.split(" ").map((id) => sets.find(({SetIdentifier}) => SetIdentifier === id)!);
      return walk([own.find((set) => isWell(set, lost)) ?? own[0]!], lost);
    },
  };
}

const locationOf = ({GeoLocation: at = {}}: RecordSet): string =>
  [at.ContinentCode && `in ${at.ContinentCode}`, at.CountryCode, at.SubdivisionCode]
    .filter(Boolean)
    .join("-");

function locationsOf({azure}: Place): string[] {
  const country = azure.slice(0, 2);
  const continent = route53ContinentOf(country);
  return [
    ...(azure.startsWith("US-") ? [azure] : []),
    // Of what it does not know it has no addresses.
    ...(continent ? [country, `in ${continent}`] : []),
    "*",
  ];
}

/** A record of NS1, as far as it decides who is answered. */
export interface Ns1Record {
  readonly regions: Readonly<
    Record<
      string,
      {
        readonly meta: {
          readonly country?: readonly string[];
          readonly us_state?: readonly string[];
          readonly ca_province?: readonly string[];
        };
      }
    >
  >;
  readonly answers: readonly {
    readonly answer: readonly [string];
    readonly region: string;
    readonly meta: {
      readonly up: true | {readonly feed: string};
      readonly priority: number;
      readonly weight: number;
    };
  }[];
}

/**
 * https://github.com/ns1/ns1-go/blob/master/rest/model/filter/filter.go, in the order of octodns-ns1's
 * chain: what is up; of those the requester's country and state, where any answer has it, else what has
 * no location; the first group; its lowest priority; by weight. Whether a state goes before its country
 * is not written there: `states` takes it so, and otherwise both stay.
 */
export function readNs1(
  {regions, answers}: Ns1Record,
  probed: (feed: string) => string,
  states: "first" | "alike",
): Reader {
  const isUp = ({meta: {up}}: Ns1Record["answers"][number], lost: ReadonlySet<string>) =>
    up === true || !lost.has(probed(up.feed));
  const matches = (name: string, {azure}: Place) => {
    const {country = [], us_state = [], ca_province = []} = regions[name]!.meta;
    const [land, state = ""] = azure.split("-") as [string, string?];
    const own = land === "US" ? us_state : land === "CA" ? ca_province : [];
    return {state: own.includes(state), country: country.includes(land)};
  };
  const isLocated = (name: string) =>
    Object.keys(regions[name]!.meta).some((key) => key !== "note" && key !== "up");
  const open = (place: Place) => {
    const names = [...new Set(answers.map(({region}) => region))];
    const byState = names.filter((name) => matches(name, place).state);
    const byCountry = names.filter((name) => matches(name, place).country);
    if (states === "first" && byState.length > 0) return byState;
    const located = names.filter((name) => byState.includes(name) || byCountry.includes(name));
    return located.length > 0 ? located : names.filter((name) => !isLocated(name));
  };
  return {
    keyOf: (place) => open(place).join(" "),
    answers: (key, lost) => {
      const groups = key.split(" ");
      const up = answers.filter((one) => groups.includes(one.region) && isUp(one, lost));
      const first = up.filter(({region}) => region === up[0]!.region);
      const best = Math.min(...first.map(({meta}) => meta.priority));
      return shown(
        first
          .filter(({meta}) => meta.priority === best)
          .map(({answer, meta}) => ({target: bare(answer[0]), weight: meta.weight})),
      );
    },
  };
}

const bare = (name: string): string => name.replace(/\.$/, "");
