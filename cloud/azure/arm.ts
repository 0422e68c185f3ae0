import {readerOf} from "../../regions/tags.ts";
import {notAllowed} from "../consequence.ts";
import {UNKNOWN} from "../engine/pulumi-values.ts";
import type {Behaviour, Description, Inputs, Kind, View} from "../resource.ts";
import {environmentOf} from "./environments.ts";
import {setOnce} from "./rules/create-only.ts";
import {replacedFor} from "./rules/replacement.ts";
import {breaches, faultsOf, type Rule, rules} from "./rules/rules.ts";
import {misshapen, missing} from "./shapes/shapes.ts";

/** Where a stack is that does not say. */
export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
export const TENANT = "00000000-0000-4000-8000-000000000002";

/** A type of Azure resource as its service's file describes it. `In` is the part of its inputs that is read. */
export interface ArmKind<In> extends Behaviour, Description {
  /** Its id as a template over its inputs; in a resource group where it begins with a provider's name. */
  readonly path: string;
  readonly name?: NameRule;
  /** The name it takes among those of all customers, and what Azure says when somebody has it. */
  readonly claim?: (
    inputs: In,
    view: View,
  ) => {readonly name: string | undefined; readonly taken: string};
  readonly check?: (inputs: In, view: View) => readonly string[];
  readonly outputs?: (inputs: In, view: View) => object;
  /** Where the path does not tell it. */
  readonly resourceType?: string;
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export interface NameRule {
  /** Beyond what Microsoft's types say. */
  readonly pattern?: RegExp;
  /** Azure's words for another name. */
  readonly says: (name: string) => string;
}

/** For services that say no more than that a name is invalid. */
export const plainly = (pattern: RegExp, rule: string): NameRule => ({
  pattern,
  says: (name) => `InvalidResourceName: Resource name '${name}' is invalid: ${rule}.`,
});

/**
 * A type of Azure resource. azure-native replaces a resource for another name or location, for what its own
 * list says (rules/replacement.ts), and for what `fixed` adds, which Azure's definitions, not in reach here, say it is made with.
 * `frozen` is what is not in that list, so that Azure is asked for it, and refuses.
 */
export function arm<In extends object>(type: string, kind: ArmKind<In>): [string, Kind] {
  const {path, name, claim, check, outputs, frozen, fixed = [], rights = [], ...rest} = kind;
  const template = path.startsWith("Microsoft.") ? `${GROUP}/providers/${path}` : path;
  const resourceType = kind.resourceType ?? typeOf(template);
  const published = rules[type];
  const nameless = (inputs: Inputs) =>
    holes(template)
      .filter((hole) => inputs[hole] === undefined)
      .map(missing);
  const shape = (inputs: Inputs, id: string) => {
    const faults = nameless(inputs);
    if (faults.length > 0) return faults;
    return distinct([
      ...misnamed(published?.name, name, id),
      ...misshapen(type, inputs),
      ...breaches(published?.body ?? {}, inputs),
    ]);
  };
  const whole: Kind = {
    ...rest,
    // As azure-native does it: in its provider's subscription, whatever the inputs say.
    id: (inputs, _, subscriptionId = SUBSCRIPTION) => fill(template, {...inputs, subscriptionId}),
    shape,
    check: (inputs, view) => {
      const faults = nameless(inputs);
      if (faults.length > 0) return faults;
      const others = [
        ...[conflict, groupless, orphaned, claimed(type, claim), misread],
        elsewhere(resourceType),
      ];
      return [
        ...shape(inputs, view.id),
        ...others.flatMap((judge) => judge(inputs, view)),
        ...(check?.(inputs as In, view) ?? []),
      ];
    },
    outputs: (inputs, view) => ({name: nameOf(view.id), ...outputs?.(inputs as In, view)}),
    resourceType,
    rights: [...(resourceType ? [`${resourceType}/write`] : []), ...rights],
    fixed: [...new Set([...holes(template), "location", ...replacedFor(type), ...fixed])],
    frozen: (olds, news) => {
      const own = frozen?.(olds, news) ?? [];
      const once = setOnce(published?.body ?? {}, olds, news);
      const others = once.filter((path) => !own.some((one) => one.path === path));
      return [...own, ...others.map((path) => ({path, reason: notAllowed(path)}))];
    },
    // Whatever has a name of its own: Diff in provider/pkg/provider/provider.go of azure-native.
    deletesFirst: true,
    refuseChange: notAllowed,
  };
  return [`azure-native:${type}`, whole];
}

/** A resource group's id as a template. */
export const GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";

export const nameOf = (id: string, from = 1) => id.split("/").at(-from) ?? "";

/** The resource that a part of it belongs to: the first that its id names. */
export const ownerOf = (id: string) => id.split("/").slice(0, 9).join("/");

/** The inputs of all other resources of a type. */
export const othersOf = <In>(type: string, {all, id}: View) =>
  all(`azure-native:${type}`)
    .filter((other) => other.id !== id)
    .map(({inputs}) => inputs as In);

/** One reason, unless it holds. */
export const unless = (holds: unknown, reason: string) => (holds ? [] : [reason]);

/** azure-native's types and Microsoft's lack the same properties in the same words. */
const distinct = (faults: readonly string[]) => [...new Set(faults)];

type Judge = (inputs: Inputs, view: View) => string[];

const conflict: Judge = (_, {id, find}) => {
  const other = find(id);
  return unless(!other, `Conflict: ${id} is already there, in stack ${other?.stack}`);
};

const groupless: Judge = (_, {id, find}) => {
  const group = id.split("/").slice(0, 5).join("/");
  const there = !id.startsWith("/subscriptions/") || group === id || find(group);
  const says = `ResourceGroupNotFound: Resource group '${nameOf(group)}' could not be found.`;
  return unless(there, says);
};

const orphaned: Judge = (_, {id, find}) => {
  const owner = ownerOf(id);
  return unless(
    !id.includes("/providers/") || owner === id || find(owner),
    `ParentResourceNotFound: Failed to perform 'write' on resource(s) of type '${nameOf(id, 2)}', because the parent resource '${owner}' could not be found.`,
  );
};

/**
 * Azure takes any tag. One that a controller of the cluster reads is written by it too: what the stack asks for
 * would differ from what is there for ever. Sources: regions/tags.ts.
 */
const misread: Judge = ({tags = {}}, {id}) =>
  Object.keys(tags as object).flatMap((tag) => {
    const reader = readerOf(tag);
    return unless(!reader, `TagNotOurs: The tag '${tag}' of ${id} ${reader}.`);
  });

/** https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-available, and its sisters. */
const elsewhere =
  (type: string | undefined): Judge =>
  ({location}, {options}) => {
    if (typeof location !== "string" || location === "global") return [];
    return unless(
      environmentOf(options).locations.test(location),
      `LocationNotAvailableForResourceType: The provided location '${location}' is not available for resource type '${type}'.`,
    );
  };

/** A name that a preview cannot know yet is not judged. */
function misnamed(published: Rule = {}, own: NameRule | undefined, id: string): string[] {
  const name = nameOf(id);
  const faults = id.includes(UNKNOWN) ? [] : faultsOf(published, name);
  if (faults.length > 0)
    return [(own ?? plainly(/^/, `it is not ${faults.join(", nor ")}`)).says(name)];
  return own?.pattern?.test(name) === false && !id.includes(UNKNOWN) ? [own.says(name)] : [];
}

const claimed =
  <In>(type: string, claim: ArmKind<In>["claim"]): Judge =>
  (inputs, view) => {
    const claimOf = (inputs: Inputs) => claim?.(inputs as In, view);
    const mine = claimOf(inputs);
    if (mine?.name === undefined) return [];
    const others = othersOf<Inputs>(type, view);
    return unless(!others.some((other) => claimOf(other)?.name === mine.name), mine.taken);
  };

/** What the inputs name; the subscription is the provider's. */
const holes = (template: string) =>
  [...template.matchAll(/\{(\w+)\}/g)]
    .map(([, hole]) => hole!)
    .filter((hole) => hole !== "subscriptionId");

const fill = (template: string, inputs: Inputs) =>
  template.replace(/\{(\w+)\}/g, (_, hole) => String(inputs[hole]));

/** The provider and the types, without the names between them; undefined for what ARM does not hold. */
function typeOf(template: string): string | undefined {
  const [, provider, path = ""] = /.*\/providers\/([^/]+)\/(.*)$/.exec(template) ?? [];
  return provider && [provider, ...path.split("/").filter((_, at) => at % 2 === 0)].join("/");
}
