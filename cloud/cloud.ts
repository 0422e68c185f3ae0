import {consequenceOf} from "./consequence.ts";
import type {CloudOptions, Inputs, Kind, Order, Refusal, Resource, View} from "./resource.ts";
import {createResourceStore, keyOf} from "./resource-store.ts";
import {calls, kindOf} from "./types.ts";
import {createWriteLock} from "./write-lock.ts";

export interface Cloud {
  /** Makes a resource. A refused one is given outputs all the same, so that the rest is judged too. */
  create(order: Order): Resource;
  /** Makes a resource, or changes `now` into it. Rejects with a CloudError where that is refused, and changes nothing. */
  write(order: Order, now?: Resource): Promise<Resource>;
  /** Removes the resource with this id, if there is one. Rejects with a CloudError where that is refused. */
  remove(id: string): Promise<void>;
  /** Changes inputs behind the engine's back, as somebody in the portal would. */
  edit(id: string, inputs: Inputs): void;
  /** Calls a function of a provider. Throws for one that the stand-in does not know. */
  call(stack: string, token: string, inputs: Inputs, subscription?: string): Inputs;
  find(id: string): Resource | undefined;
  readonly resources: readonly Resource[];
  readonly refusals: readonly Refusal[];
}

/** Why the cloud did not do what it was asked. */
export class CloudError extends Error {
  constructor(reasons: readonly string[]) {
    super(reasons.join("\n"));
  }
}

/**
 * Stands in for Azure and for Kubernetes: refuses what they would refuse, in their words, and
 * answers with the outputs that the programs read. Nothing is made but a record of it. It has two
 * doors: `create` is the mocks' of the Pulumi runtime, where all of a program is judged at once;
 * `write` and `remove` are the provider's, where the engine stops at the first that fails.
 */
export function createCloud(options: CloudOptions = {}): Cloud {
  const store = createResourceStore();
  const {resources} = store;
  const refusals: Refusal[] = [];
  const there = new Map(existing(options).map((resource) => [keyOf(resource.id), resource]));
  const find = (id: string) => store.find(id) ?? there.get(keyOf(id));
  const urns = new Set<string>();
  /** By the id of a soft-deleted resource, what was in it. */
  const kept = new Map<string, readonly Resource[]>();
  const locked = createWriteLock();

  function create(order: Order): Resource {
    const {stack, type, name, urn} = order;
    const twice = urns.has(urn);
    urns.add(urn);
    const reasons = [
      ...(twice ? [`Duplicate resource URN '${urn}'; try giving it a unique name`] : []),
      ...judge(order),
    ];
    refusals.push(...reasons.map((reason) => ({stack, type, name, reason})));
    return record(order);
  }

  async function write(order: Order, now?: Resource): Promise<Resource> {
    const kind = kindOf(order.type);
    const id = kind?.id(order.inputs, order.stack, order.subscription) ?? "";
    return locked(kind?.locks?.(id, order.inputs), conflictOf(kind), () => {
      require(now ? judgeChange(order, now) : [...judge(order), ...judgeNew(order, id)]);
      const made = record(order, now);
      for (const part of kept.get(keyOf(id)) ?? []) store.put(part);
      kept.delete(keyOf(id));
      return made;
    });
  }

  async function remove(id: string): Promise<void> {
    const resource = find(id);
    if (!resource) return;
    const kind = kindOf(resource.type);
    await locked(kind?.locks?.(id, resource.inputs), conflictOf(kind), () => {
      require(kind?.checkRemoval?.(resource, viewOf(resource.stack, id)) ?? []);
      const parts = kind?.checkKept ? store.resources.filter((one) => isPart(one, id)) : [];
      for (const one of [resource, ...parts]) store.drop(one);
      if (kind?.checkKept) kept.set(keyOf(id), parts);
    });
  }

  function judge({stack, type, inputs, subscription}: Order): readonly string[] {
    const kind = kindOf(type);
    if (kind) return kind.check(inputs, viewOf(stack, kind.id(inputs, stack, subscription)));
    return [`UnknownType: the stand-in does not know ${type}; add it to cloud/${tableOf(type)}`];
  }

  function judgeNew({stack, type, inputs}: Order, id: string): readonly string[] {
    const kind = kindOf(type);
    return [
      ...(kind?.checkKept?.(inputs, id, kept.has(keyOf(id))) ?? []),
      ...(kind?.checkNew?.(inputs, viewOf(stack, id)) ?? []),
    ];
  }

  /** The new inputs are judged like those of a new resource, and nothing may change that cannot. */
  function judgeChange({stack, type, inputs}: Order, now: Resource): readonly string[] {
    const kind = kindOf(type);
    if (!kind) return [];
    const {replaces, frozen} = consequenceOf(kind, now, {stack, inputs});
    return [
      ...replaces.map((path) => kind.refuseChange?.(path, inputs) ?? ""),
      ...frozen.map(({reason}) => reason),
      ...kind.check(inputs, viewOf(stack, now.id, now)),
    ];
  }

  function record(order: Order, now?: Resource): Resource {
    const {stack, type, name, inputs, subscription} = order;
    const kind = kindOf(type);
    const id = kind?.id(inputs, stack, subscription) ?? name;
    const outputs = {...inputs, ...kind?.outputs?.(inputs, viewOf(stack, id))};
    return store.put({...order, id, outputs}, now);
  }

  function edit(id: string, inputs: Inputs): void {
    const now = find(id);
    if (now) record({...now, inputs: {...now.inputs, ...inputs}}, now);
  }

  function call(stack: string, token: string, inputs: Inputs, subscription?: string): Inputs {
    const run = calls[token];
    if (run) return run(inputs, find, subscription, options);
    const reason = `UnknownFunction: the stand-in does not know ${token}; add it to cloud/azure/`;
    refusals.push({stack, type: token, name: "function", reason});
    throw new Error(reason);
  }

  /** What a resource is judged against: everything but the resource that it takes the place of. */
  const viewOf = (stack: string, id: string, but?: Resource): View => ({
    stack,
    id,
    now: but,
    options,
    all: (type) => resources.filter((other) => other !== but && other.type === type),
    inside: (id) => resources.filter((other) => keyOf(other.id).startsWith(`${keyOf(id)}/`)),
    find: (id) => (find(id) === but ? undefined : find(id)),
  });

  return {create, write, remove, edit, call, find, resources, refusals};
}

/** Existing resources with their parents and groups. */
function existing({existing: ids = []}: CloudOptions): Resource[] {
  return ids.flatMap((id) =>
    [5, 9, Infinity].map((parts) => ({...unowned, id: id.split("/").slice(0, parts).join("/")})),
  );
}

const unowned = {
  ...{stack: "", urn: "", type: "", name: "", protect: true},
  ...{inputs: {}, outputs: {}, secrets: []},
};

/** Whether a resource is a part of another. Roles on that one are not, though their ids say so. */
function isPart({id}: Resource, of: string): boolean {
  const [before, rest = ""] = keyOf(id).split(`${keyOf(of)}/`);
  return before === "" && rest !== "" && !rest.startsWith("providers/");
}

function require(reasons: readonly string[]): void {
  if (reasons.length > 0) throw new CloudError(reasons);
}

/** Azure answers HTTP 409 to a second write to an account. */
const conflictOf = (kind: Kind | undefined) => (id: string) =>
  new CloudError([
    kind?.refuseLocked?.(id) ??
      `RequestConflict: Another operation is being performed on the parent resource '${id}'. Please try again later.`,
  ]);

const tableOf = (type: string) => (type.startsWith("kubernetes:") ? "kubernetes/" : "azure/");
