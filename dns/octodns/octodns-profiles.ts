import {LIMITS} from "../traffic-manager/limits.ts";
import type {DynamicRecord} from "./record.ts";

/**
 * How many Traffic Manager profiles octoDNS's Azure provider makes of a record: one Priority for each pool
 * that a rule begins with, for behind the chain it puts the record's value; one Weighted for each pool of
 * several values, or of that value alone; and a root, where there is more than one rule. octodns_azure
 * 1.2.0, `_generate_traffic_managers`.
 */
export function octodnsProfiles({dynamic: {pools, rules}, value}: DynamicRecord): number {
  const heads = new Set(rules.map(({pool}) => pool));
  const weighted = Object.values(pools).filter(
    ({values}) => values.length > 1 || values[0]!.value === value,
  );
  return heads.size + weighted.length + (rules.length > 1 ? 1 : 0);
}

/** Why Azure would refuse the profiles that octoDNS's provider makes of the record; undefined where it would not. */
export function octodnsWarning(record: DynamicRecord): string | undefined {
  const count = octodnsProfiles(record);
  if (count <= LIMITS.profiles) return undefined;
  return `octoDNS's Azure provider makes ${count} Traffic Manager profiles of this record, and a subscription has ${LIMITS.profiles}: give the regions of neighbours one pool, use the dns stack, which needs fewer, or octoDNS with another provider`;
}
