import type {Place} from "../../regions/places/places.ts";
import {bare, type Reader, type Shares, shown} from "../readers.ts";
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

  function walk(group: readonly RecordSet[], lost: ReadonlySet<string>): Shares {
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
    // Route 53 has no addresses for countries that it does not know.
    ...(continent ? [country, `in ${continent}`] : []),
    "*",
  ];
}
