import type {Place} from "../../regions/places/places.ts";
import {bare, type Reader, shown} from "../readers.ts";

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
