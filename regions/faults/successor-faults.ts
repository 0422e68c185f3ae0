import {isChatting} from "../../proxy/policy.ts";
import {type Fault, isText, type Mapping, mapping, nearest} from "../meaning.ts";
import {familyOf} from "../models/families.ts";
import {loopFaults} from "./loop-faults.ts";

/** Successors that are no models, come round to where they began, or cannot take what is asked. */
export function successorFaults(models: Mapping): Fault[] {
  const pathOf = (name: string) => ["models", name, "successor"];
  const next = Object.fromEntries(
    Object.entries(models).map(([name, model]) => [name, mapping(model).successor]),
  );
  const faults = Object.entries(next).flatMap(([name, successor]) => {
    if (!isText(successor)) return [];
    if (!Object.hasOwn(models, successor)) {
      const message = `"${successor}" is not a model; ${nearest(successor, Object.keys(models))}`;
      return [{path: pathOf(name), message}];
    }
    if (!chats(models[name]) || chats(models[successor])) return [];
    const message = `"${successor}" only completes, and ${name} is asked by chat too; choose a model that chats`;
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
