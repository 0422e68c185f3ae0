import {isChatting} from "../../proxy/policy.ts";
import {type Fault, isText, type Mapping, mapping, nearest} from "../meaning.ts";
import {familyOf} from "../models/families.ts";
import {loopFaults} from "./loop-faults.ts";

/** Successors, or what takes what a model has no room for, that are no models, come round to where they began, or cannot take what is asked. */
export function nextFaults(models: Mapping, key: "successor" | "overflow"): Fault[] {
  const pathOf = (name: string) => ["models", name, key];
  const next = Object.fromEntries(
    Object.entries(models).map(([name, model]) => [name, mapping(model)[key]]),
  );
  const faults = Object.entries(next).flatMap(([name, other]) => {
    if (!isText(other)) return [];
    if (!Object.hasOwn(models, other)) {
      const message = `"${other}" is not a model; ${nearest(other, Object.keys(models))}`;
      return [{path: pathOf(name), message}];
    }
    if (!chats(models[name]) || chats(models[other])) return [];
    const message = `"${other}" only completes, and ${name} is asked by chat too; choose a model that chats`;
    return [{path: pathOf(name), message}];
  });
  return [...faults, ...loopFaults(next, pathOf)];
}

/** As regions/complete.ts has it, where the file does not say. */
function chats(written: unknown): boolean {
  const {host = "azure", api, model} = mapping(written);
  const family = isText(model) && host === "azure" ? (familyOf(model)?.api ?? "chat") : undefined;
  return isChatting(api ?? family);
}
