import type {Inputs, Kind, View} from "../cloud.ts";
import {UNKNOWN} from "../engine/pulumi-values.ts";
import {notAllowed} from "../frozen.ts";
import {lifecycles} from "./lifecycle.ts";
import {namingOf} from "./name-rules.ts";

export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
export const TENANT = "00000000-0000-4000-8000-000000000002";

/** What Azure allows as a name, and what it says of another. */
export interface Named {
  readonly pattern: RegExp;
  readonly refusal: (name: string) => string;
}

/** What is particular to one type of Azure resource. `In` is the part of its inputs that is looked at. */
export interface ArmKind<In> {
  readonly name?: Named;
  /** The name that it takes in a namespace shared with all customers, and what Azure says when it is taken. */
  readonly claim?: (inputs: In) => {readonly name: string | undefined; readonly taken: string};
  readonly check?: (inputs: In, view: View) => readonly string[];
  readonly outputs?: (inputs: In, view: View) => object;
}

/**
 * A type of Azure resource: its id as a template over its inputs. One that begins with a provider's
 * name is within a resource group.
 */
export function arm<In extends object>(
  type: string,
  path: string,
  kind: ArmKind<In> = {},
): [string, Kind] {
  const template = path.startsWith("Microsoft.")
    ? `/subscriptions/${SUBSCRIPTION}/resourceGroups/{resourceGroupName}/providers/${path}`
    : path;
  const name = kind.name ?? namingOf(type);
  const missing = (inputs: Inputs) =>
    holes(template)
      .filter((hole) => inputs[hole] === undefined)
      .map((hole) => `missing required property "${hole}"`);
  const shape = (inputs: Inputs, id: string) => {
    const faults = missing(inputs);
    return faults.length > 0 ? faults : misnamed(name, id);
  };
  const check = (inputs: Inputs, view: View) => {
    const faults = missing(inputs);
    if (faults.length > 0) return faults;
    const all = [existing, groupless, orphaned, claimed(type, kind)];
    const own = kind.check?.(inputs as In, view) ?? [];
    return [...misnamed(name, view.id), ...all.flatMap((judge) => judge(inputs, view)), ...own];
  };
  const outputs = (inputs: Inputs, view: View) => ({
    name: lastOf(view.id),
    ...kind.outputs?.(inputs as In, view),
  });
  const {fixed = [], ...lifecycle} = lifecycles[type] ?? {};
  const whole: Kind = {
    id: (inputs) => fill(template, inputs),
    shape,
    check,
    outputs,
    ...lifecycle,
    fixed: [...holes(template), "location", ...fixed],
    // Whatever has a name of its own: Diff in provider/pkg/provider/provider.go of azure-native.
    deletesFirst: true,
    refuseChange: notAllowed,
  };
  return [`azure-native:${type}`, whole];
}

type Judge = (inputs: Inputs, view: View) => string[];

const existing: Judge = (_, {id, find}) => {
  const other = find(id);
  return other ? [`Conflict: ${id} is already there, in stack ${other.stack}`] : [];
};

/** Its resource group is there. */
const groupless: Judge = (_, {id, find}) => {
  const group = id.split("/").slice(0, 5).join("/");
  if (!id.startsWith("/subscriptions/") || group === id || find(group)) return [];
  return [`ResourceGroupNotFound: Resource group '${lastOf(group)}' could not be found.`];
};

/** What it is a part of, or is about, is there: the first resource that its id names. */
const orphaned: Judge = (_, {id, find}) => {
  const owner = id.split("/").slice(0, 9).join("/");
  if (!id.includes("/providers/") || owner === id || find(owner)) return [];
  return [
    `ParentResourceNotFound: Failed to perform 'write' on resource(s) of type '${lastOf(id, 2)}', because the parent resource '${owner}' could not be found.`,
  ];
};

/** A name that a preview cannot know is not judged. */
const misnamed = (name: Named | undefined, id: string): string[] =>
  !name || id.includes(UNKNOWN) || name.pattern.test(lastOf(id)) ? [] : [name.refusal(lastOf(id))];

const claimed =
  <In>(type: string, {claim}: ArmKind<In>): Judge =>
  (inputs, {id, all}) => {
    const claimOf = (inputs: Inputs) => claim?.(inputs as In);
    const mine = claimOf(inputs);
    if (mine?.name === undefined) return [];
    const others = all(`azure-native:${type}`).filter((other) => other.id !== id);
    return others.some(({inputs}) => claimOf(inputs)?.name === mine.name) ? [mine.taken] : [];
  };

const holes = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map(([, hole]) => hole!);

const fill = (template: string, inputs: Inputs) =>
  template.replace(/\{(\w+)\}/g, (_, hole) => String(inputs[hole]));

const lastOf = (id: string, from = 1) => id.split("/").at(-from) ?? "";
