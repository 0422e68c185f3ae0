import {readAll, wholeNumber} from "../command/arguments.ts";
import {assumed, type Use} from "./usage.ts";

const said = (text: string) => ({type: "string", value: "N", text}) as const;

/** What may be said of people's use. */
export const useOptions = {
  people: said("who use it; 50 if left out"),
  requests: said("requests of a person on a day; as ops/scale/load.yaml has it if left out"),
  days: said(`days of work a month; ${assumed.days} if left out`),
  prompt: said("tokens of a request; as ops/scale/load.yaml has it if left out"),
  answer: said("tokens of an answer; as many as it may have if left out"),
  cached: said(`percent of a prompt's tokens that are cached; ${assumed.cached} if left out`),
  accepted: said(`percent of requests whose completion is taken; ${assumed.accepted} if left out`),
};

type Said = keyof typeof useOptions;

const bounds: Readonly<Record<Said, readonly [least: number, most: number]>> = {
  people: [1, 10_000_000],
  requests: [0, 100_000],
  days: [0, 31],
  prompt: [0, 1_000_000],
  answer: [0, 100_000],
  cached: [0, 100],
  accepted: [0, 100],
};

/** What is said of it; throws a UsageError with all that is wrong. */
export function readUse(values: Partial<Record<Said, string>>): Partial<Use> {
  const given = (Object.keys(bounds) as Said[]).filter((name) => values[name] !== undefined);
  return readAll(
    Object.fromEntries(
      given.map((name) => [name, () => wholeNumber(`--${name}`, values[name], ...bounds[name])]),
    ),
  );
}
