import {type Fault, isText, list, type Mapping, mapping, nearest, texts} from "../meaning.ts";

/** Faults in the names of rules, and in the models that they refer to. */
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

/** Duplicate names and unknown models. */
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
      ...texts(name).flatMap((name) => twiceFaults([...at, "name"], name, seen)),
      ...unknownModel([...at, "model"], model),
      ...list(mapping(when).models).flatMap((one) => unknownModel([...at, "when", "models"], one)),
    ];
  });
}

function twiceFaults(path: Fault["path"], name: string, seen: Set<string>): Fault[] {
  if (seen.has(name)) return [{path, message: `"${name}" is there twice; rename one`}];
  seen.add(name);
  return [];
}
