/** Places that routing may name together, because a law or a continent does. */
export interface PlaceGroup {
  readonly code: string;
  readonly name: string;
  /** Whether it contains a place, given octoDNS's code: `EU-DE`, `NA-US-CA`. */
  readonly has: (place: string) => boolean;
}

/**
 * States and their territories where the law of the group holds, by ISO 3166-1. What has no code of its
 * own (the Azores, Madeira, the Canary Islands, Ceuta, Melilla) is counted to its state there, and so here.
 */
interface Law {
  readonly name: string;
  readonly states: string;
  /** Territories with codes of their own. */
  readonly territories: string;
}

/**
 * The Treaties hold in the states of Article 52 TEU, in the outermost regions of Articles 349 and 355(1)
 * TFEU, of which these have codes: Guadeloupe, French Guiana, Martinique, Réunion, Mayotte (by Decision
 * 2012/419/EU), Saint-Martin; and in the Åland Islands (Article 355(4)). They do not in the overseas
 * countries and territories of Annex II, such as Greenland, Aruba, New Caledonia, French Polynesia and
 * Saint-Barthélemy (by Decision 2010/718/EU), nor in the Faroe Islands (Article 355(5)(a)).
 * https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:12016M052, ...12016E349, ...12016E355
 */
const union: Law = {
  name: "European Union",
  states: "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
  territories: "AX GF GP MF MQ RE YT",
};

/**
 * Article 126 of the Agreement: where the Treaties hold, and Iceland, Liechtenstein, Norway. Svalbard is
 * left out (Protocol 40), and so is Jan Mayen, which ISO gives the same code and where nobody lives.
 * https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:21994A0103(01)
 */
const economicArea: Law = {
  name: "European Economic Area",
  states: `${union.states} IS LI NO`,
  territories: union.territories,
};

/** From the smallest; each group is contained in the next. */
const laws: readonly PlaceGroup[] = Object.entries({EU: union, EEA: economicArea}).map(
  ([code, {name, states, territories}]) => {
    const members = new Set(`${states} ${territories}`.split(" "));
    return {code, name, has: (place) => members.has(place.split("-")[1]!)};
  },
);

/** octoDNS's codes of the continents, by ours. Its codes alone also stand for a union and four countries. */
const continents: readonly (PlaceGroup & {readonly octodns: string})[] = Object.entries({
  AF: "Africa",
  AN: "Antarctica",
  AS: "Asia",
  EU: "Europe",
  NA: "North America",
  OC: "Oceania",
  SA: "South America",
}).map(([octodns, name]) => ({
  code: name.toLowerCase().replace(" ", "-"),
  name,
  octodns,
  has: (place) => place.startsWith(`${octodns}-`),
}));

/** Groups by code, the most specific first. */
export const placeGroups: ReadonlyMap<string, PlaceGroup> = new Map(
  [...laws, ...continents, {code: "world", name: "World", has: () => true}].map((group) => [
    group.code,
    group,
  ]),
);

/** The continent for one of octoDNS's codes, such as `AF`. */
export const continentByCode = (octodns: string): PlaceGroup | undefined =>
  continents.find((continent) => continent.octodns === octodns);
