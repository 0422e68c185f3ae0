import {consequenceOf} from "../../cloud/consequence.ts";
import type {Frozen, Resource} from "../../cloud/resource.ts";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {isComponent, kindOf} from "../../cloud/types.ts";
import {type ValueChange, valueChanges} from "./values.ts";

/** What `pulumi up` would do to a resource; it would stop at one that is refused. */
export interface ResourceChange {
  readonly change: "added" | "changed" | "replaced" | "refused" | "removed";
  /** The resource as it will be, or as it was if it is removed. Masked. */
  readonly resource: Resource;
  /** Whether it was protected before, in which case Pulumi refuses to replace or remove it. */
  readonly protect: boolean;
  readonly values: readonly ValueChange[];
  /** The changed properties that force a replacement. */
  readonly forcedBy: readonly string[];
  /** Whether the old one is deleted before the new one is made. */
  readonly deletedFirst: boolean;
  /**
   * If refused, the properties that Azure does not change, or not so; empty if the reason is that its successor would
   * have the same name.
   */
  readonly frozen: readonly Frozen[];
  /** What of it is drained, where it changes in place. */
  readonly drained: readonly string[];
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

/** Addresses are the stand-in's own, and say nothing about Azure. */
const isKnown = ({from, to}: ValueChange) => ![from, to].every((value) => isLoopback(value));

const isLoopback = (value: unknown) => typeof value === "string" && /^127(\.\d+){3}$/.test(value);

/** Components and stacks are not resources that Azure makes. */
export const made = (stack: Stack | undefined) =>
  (stack?.resources ?? []).filter(({type}) => !isComponent(type));

function resourceChanges(before: Resource[], after: Resource[]): ResourceChange[] {
  const [olds, news] = [before, after].map((list) => new Map(list.map((one) => [keyOf(one), one])));
  const removed = before
    .filter((one) => !news!.has(keyOf(one)))
    .map((one) => alone("removed", one));
  const others = after.flatMap((now) => {
    const old = olds!.get(keyOf(now));
    return old ? changeOf(old, now) : [alone("added", now)];
  });
  return [...others, ...removed].toSorted(byType);
}

/** Its URN, with components as earlier releases called them: infra/component.ts has that as an alias. */
const keyOf = ({urn}: Resource) => urn.replaceAll("meridian:index:", "meridian:");

const alone = (change: "added" | "removed", resource: Resource): ResourceChange => ({
  change,
  resource,
  protect: change === "removed" && resource.protect,
  values: [],
  forcedBy: [],
  deletedFirst: false,
  frozen: [],
  drained: [],
});

function changeOf(old: Resource, now: Resource): ResourceChange[] {
  const values = [
    ...valueChanges(old.inputs, now.inputs),
    ...(old.protect === now.protect ? [] : [{path: "protect", from: old.protect, to: now.protect}]),
  ];
  if (values.length === 0) return [];
  const kind = kindOf(now.type);
  const {replaces, frozen, deleteFirst} = consequenceOf(kind, old, now);
  const deletedFirst = replaces.length > 0 && (now.deleteBeforeReplace ?? deleteFirst);
  // The successor cannot have a name that its predecessor still has.
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
      drained: replaces.length > 0 ? [] : (kind?.drains?.(old.inputs, now.inputs) ?? []),
    },
  ];
}

/** Refused, removed and replaced resources come first: reviewers look for them. */
const order = ["refused", "removed", "replaced", "changed", "added"];

const byType = (a: ResourceChange, b: ResourceChange) =>
  order.indexOf(a.change) - order.indexOf(b.change) ||
  compare(a.resource.type, b.resource.type) ||
  compare(a.resource.name, b.resource.name);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
