import {consequenceOf} from "../../cloud/consequence.ts";
import type {Frozen, Resource} from "../../cloud/resource.ts";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {isComponent, kindOf} from "../../cloud/types.ts";
import {type ValueChange, valueChanges} from "./values.ts";

/** What `pulumi up` would do to a resource; at what is refused it would stop. */
export interface ResourceChange {
  readonly change: "added" | "changed" | "replaced" | "refused" | "removed";
  /** As it will be; as it was where it is removed. Masked. */
  readonly resource: Resource;
  /** Whether it was protected before: Pulumi refuses to replace or remove it then. */
  readonly protect: boolean;
  readonly values: readonly ValueChange[];
  /** The properties that cannot change in place. */
  readonly forcedBy: readonly string[];
  /** Whether the old one goes before the new one comes. */
  readonly deletedFirst: boolean;
  /** Of what is refused, what Azure never changes; nothing where its successor would have its name. */
  readonly frozen: readonly Frozen[];
}

export interface StackChange {
  readonly stack: string;
  readonly change: "added" | "changed" | "removed" | "same";
  readonly resources: readonly ResourceChange[];
  readonly outputs: readonly ValueChange[];
}

/** What changes between two runs of the stacks, in the order of the later one. Both are masked. */
export function stackChanges(before: readonly Stack[], after: readonly Stack[]): StackChange[] {
  const gone = before.filter(({name}) => !after.some((stack) => stack.name === name));
  const now = after.map((stack) =>
    stackChange(
      before.find(({name}) => name === stack.name),
      stack,
    ),
  );
  return [...now, ...gone.map((stack) => stackChange(stack, undefined))];
}

function stackChange(before: Stack | undefined, after: Stack | undefined): StackChange {
  const resources = resourceChanges(made(before), made(after));
  const outputs = valueChanges(before?.outputs ?? {}, after?.outputs ?? {}).filter(isKnown);
  const stack = (after ?? before)!.name;
  if (!before || !after) return {stack, change: before ? "removed" : "added", resources, outputs};
  const same = resources.length + outputs.length === 0;
  return {stack, change: same ? "same" : "changed", resources, outputs};
}

/** The stand-in gives addresses of its own: they say nothing of Azure's. */
const isKnown = ({from, to}: ValueChange) => ![from, to].every((value) => isLoopback(value));

const isLoopback = (value: unknown) => typeof value === "string" && /^127(\.\d+){3}$/.test(value);

/** For components and for stacks themselves nothing is made. */
export const made = (stack: Stack | undefined) =>
  (stack?.resources ?? []).filter(({type}) => !isComponent(type));

function resourceChanges(before: Resource[], after: Resource[]): ResourceChange[] {
  const [olds, news] = [before, after].map((list) => new Map(list.map((one) => [one.urn, one])));
  const removed = before.filter(({urn}) => !news!.has(urn)).map((one) => alone("removed", one));
  const others = after.flatMap((now) => {
    const old = olds!.get(now.urn);
    return old ? changeOf(old, now) : [alone("added", now)];
  });
  return [...others, ...removed].toSorted(byType);
}

const alone = (change: "added" | "removed", resource: Resource): ResourceChange => ({
  change,
  resource,
  protect: change === "removed" && resource.protect,
  values: [],
  forcedBy: [],
  deletedFirst: false,
  frozen: [],
});

function changeOf(old: Resource, now: Resource): ResourceChange[] {
  const values = [
    ...valueChanges(old.inputs, now.inputs),
    ...(old.protect === now.protect ? [] : [{path: "protect", from: old.protect, to: now.protect}]),
  ];
  if (values.length === 0) return [];
  const {replaces, frozen, deleteFirst} = consequenceOf(kindOf(now.type), old, now);
  const deletedFirst = replaces.length > 0 && (now.deleteBeforeReplace ?? deleteFirst);
  // A name that is still its predecessor's cannot be its own.
  const taken = replaces.length > 0 && !deletedFirst && old.id === now.id;
  const done = replaces.length > 0 ? "replaced" : "changed";
  return [
    {
      change: taken || frozen.length > 0 ? "refused" : done,
      resource: now,
      protect: old.protect,
      values,
      forcedBy: replaces,
      deletedFirst,
      frozen,
    },
  ];
}

/** What cannot be, is lost or made anew comes first: it is what a reviewer looks for. */
const order = ["refused", "removed", "replaced", "changed", "added"];

const byType = (a: ResourceChange, b: ResourceChange) =>
  order.indexOf(a.change) - order.indexOf(b.change) ||
  compare(a.resource.type, b.resource.type) ||
  compare(a.resource.name, b.resource.name);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
