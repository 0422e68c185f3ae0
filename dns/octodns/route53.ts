import type {DynamicRecord} from "./record.ts";

/**
 * Route 53's continents, by the country codes that it knows:
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-geo.html#rrsets-values-geo-location
 * It says there that it takes no record for BV, CX, EH and HM, of whose addresses it has no data.
 */
const members: Readonly<Record<string, string>> = {
  AF: "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW",
  AN: "AQ GS TF",
  AS: "AE AF AM AZ BD BH BN BT CC CN GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TM TW UZ VN YE",
  EU: "AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM TR UA VA XK",
  NA: "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI",
  OC: "AS AU CK FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TL TO TV UM VU WF WS",
  SA: "AR BO BR CL CO EC FK GF GY PE PY SR UY VE",
};

const byCountry = new Map(
  Object.entries(members).flatMap(([continent, countries]) =>
    countries.split(" ").map((country) => [country, continent] as const),
  ),
);

/** ISO 3166-1 codes of the countries that Route 53 knows, and Kosovo. */
export const ROUTE53_COUNTRIES: readonly string[] = [...byCountry.keys()];

/** Undefined for a country that Route 53 does not know. */
export const route53ContinentOf = (country: string): string | undefined => byCountry.get(country);

/**
 * What octodns-route53 1.2 writes but cannot read again, so that its next run would end in a KeyError:
 * pycountry-convert, by which it finds the continent, does not have them.
 */
export const UNREADABLE: ReadonlySet<string> = new Set("AQ EH PN SX TF TL UM VA".split(" "));

/**
 * Geolocation records of one name, and what one change may hold, in which a record that is there already
 * counts twice: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
 */
const LIMITS = {locations: 100, values: 1000, characters: 32_000} as const;

/** Throws where Route 53 would refuse the record or its next change; names every exceeded limit and the remedy. */
export function refuseBeyondRoute53({dynamic: {pools, rules}, value}: DynamicRecord): void {
  const locations = 1 + rules.flatMap(({geos = []}) => geos).length;
  const values = [
    value,
    ...Object.values(pools).flatMap((pool) => pool.values.map((v) => v.value)),
  ];
  const characters = values.reduce((sum, one) => sum + one.length, 0);
  const faults = [
    ...(locations > LIMITS.locations
      ? [`${locations} locations, and a name has ${LIMITS.locations}`]
      : []),
    ...(2 * values.length > LIMITS.values || 2 * characters > LIMITS.characters
      ? [
          `${values.length} values of ${characters} characters, and a change has half of ${LIMITS.values} values and half of ${LIMITS.characters} characters where it replaces what is there`,
        ]
      : []),
  ];
  if (faults.length === 0) return;
  throw new Error(
    `Route 53 cannot hold this plan:\n${faults.map((fault) => `  - ${fault}`).join("\n")}\nMerge pools that are neighbours (give their regions one pool), or name continents in routing.places.`,
  );
}
