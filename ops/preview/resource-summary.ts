import {valueAt} from "../../cloud/description.ts";
import type {Resource} from "../../cloud/resource.ts";
import {kindOf} from "../../cloud/types.ts";

/** What a reviewer wants to know of a resource: its name, what it is like, and what it holds, a line each. */
export interface Summary {
  readonly name: string;
  readonly facts: readonly string[];
  readonly lines: readonly string[];
}

/** Takes a masked resource. A type that has no summary shows its name alone. */
export function summaryOf({type, name, id, inputs}: Resource): Summary {
  const summary = kindOf(type)?.summary?.((path) => show(valueAt(inputs, path)), inputs) ?? [];
  const {facts, lines} = "facts" in summary ? summary : {facts: summary, lines: []};
  const ownName = id.split("/").at(-1) || name;
  return {name: isGuid(ownName) ? name : ownName, facts: facts.filter(Boolean), lines};
}

const isGuid = (name: string) => /^[\da-f]{8}-[\da-f-]{27}$/.test(name);

const show = (value: unknown) =>
  Array.isArray(value) ? value.join(" ") : value === undefined ? "" : String(value);
