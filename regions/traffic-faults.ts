import {type Fault, isText, list, type Mapping, mapping, nearest, texts} from "./meaning.ts";

/** What is wrong with the names of rules and of the models that they concern. */
export function trafficFaults(traffic: Mapping, models: readonly string[]): Fault[] {
  const rules = (kind: string) => ruleFaults(["traffic", kind], list(traffic[kind]), models);
  const arms = list(traffic.experiments).flatMap((experiment, index) => {
    const path = ["traffic", "experiments", index, "arms"];
    const all = list(mapping(experiment).arms);
    const inner = all.flatMap((arm, at) =>
      ruleFaults([...path, at, "mutations"], list(mapping(arm).mutations), models),
    );
    return [...ruleFaults(path, all, models), ...inner];
  });
  return [
    ...rules("mutations"),
    ...rules("experiments"),
    ...arms,
    ...rules("mirrors"),
    ...rules("clients"),
  ];
}

/** Of names that are not fit or there twice, and models that are not there. */
function ruleFaults(
  path: Fault["path"],
  rules: readonly unknown[],
  models: readonly string[],
): Fault[] {
  const seen = new Set<string>();
  const unknownModel = (path: Fault["path"], model: unknown): Fault[] =>
    isText(model) && !models.includes(model)
      ? [{path, message: `"${model}" is not a model; ${nearest(model, models)}`}]
      : [];
  return rules.map(mapping).flatMap(({name, when, model}, index) => {
    const at = [...path, index];
    return [
      ...texts(name).flatMap((name) => nameFaults([...at, "name"], name, seen)),
      ...unknownModel([...at, "model"], model),
      ...list(mapping(when).models).flatMap((one) => unknownModel([...at, "when", "models"], one)),
    ];
  });
}

/** What a header carries: RFC 9110, section 5.5. Answers name their experiment and arm in one. */
const IN_HEADER = /^[!-~]([ -~]*[!-~])?$/;

function nameFaults(path: Fault["path"], name: string, seen: Set<string>): Fault[] {
  const said = JSON.stringify(name);
  if (seen.has(name)) return [{path, message: `${said} is there twice; rename one`}];
  seen.add(name);
  if (name === "" || IN_HEADER.test(name)) return [];
  const message = `${said} cannot be sent in a header; use the letters, digits and signs of ASCII, no blank first or last`;
  return [{path, message}];
}
