import {parseDocument} from "yaml";
import {z} from "zod";
import {peopleIn} from "../../dns/people.ts";
import {type Place, places} from "../../regions/places/places.ts";
import {textIn} from "../command/files.ts";

const HOURS = 24;
const continents = ["AF", "AN", "AS", "EU", "NA", "OC", "SA"] as const;
const count = z.union([z.number(), z.string().regex(/^\d[\d_]*$/, "is not a number")]);

/** What is assumed of a model on GPUs of one's own. */
const replicas = z.strictObject({
  billions: z.number().positive().default(7.6),
  cached: z.number().min(0).max(100).default(50),
  answerTokens: z.number().positive().default(25),
  together: z.int().min(1).default(16),
});

const schema = z.strictObject({
  requestsPerDay: count.transform((text) => Number(String(text).replaceAll("_", ""))),
  cancelled: z.number().min(0).max(100),
  model: z.string().min(1),
  promptTokens: z.number().min(0),
  maxTokens: z.number().min(1),
  seconds: z.number().positive(),
  perUser: z.number().positive(),
  replicas: replicas.prefault({}),
  byHour: z
    .array(z.number().min(0))
    .length(HOURS)
    .refine((hours) => hours.some((share) => share > 0), "has no hour with requests"),
  byContinent: z.record(z.enum(continents), z.number().min(0)),
});

/** How many requests a day has, and what one is like. */
export type Load = z.output<typeof schema>;

/** Throws an Error with every fault of the text, by its path. */
export function parseLoad(text: string, file: string): Load {
  const {data, error} = schema.safeParse(yamlIn(text, file));
  if (data) return data;
  const faults = error.issues.map(({path, message}) => `  - ${path.join(".") || "it"}: ${message}`);
  throw new Error(`${file} is not valid:\n${faults.join("\n")}`);
}

function yamlIn(text: string, file: string): unknown {
  const document = parseDocument(text, {prettyErrors: false});
  const [error] = document.errors;
  if (!error) return document.toJS();
  const line = text.slice(0, error.pos[0]).split("\n").length;
  throw new Error(
    `${file} is no YAML from line ${line} on; mend it there, ops/scale/load.yaml shows how`,
  );
}

export const readLoad = (file: string): Load => parseLoad(textIn("--load", file), file);

/** Requests a second of each place, by hour of the day in UTC: 24 numbers. */
export function demandOf(load: Load): ReadonlyMap<Place, readonly number[]> {
  const {byHour, byContinent, requestsPerDay} = load;
  const shapes = places.map((place) => {
    const users = peopleIn(place) * byContinent[place.code.slice(0, 2) as "EU"];
    return [place, byHour.map((_, hour) => users * byHour[localHour(place, hour)]!)] as const;
  });
  const day = shapes.reduce((sum, [, hours]) => sum + hours.reduce((a, b) => a + b, 0), 0);
  const scale = requestsPerDay / day / 3600;
  return new Map(shapes.map(([place, hours]) => [place, hours.map((share) => share * scale)]));
}

/** Solar time: the legal time of a country is within an hour or two of it. */
const localHour = ({longitude}: Place, utc: number) =>
  (((utc + Math.round(longitude / 15)) % HOURS) + HOURS) % HOURS;
