import {SUBSCRIPTION} from "./azure/arm.ts";
import {kinds as azureKinds} from "./azure/azure.ts";
import {consequenceOf} from "./consequence.ts";
import type {Frozen} from "./frozen.ts";
import {calls} from "./functions.ts";
import {kinds as kubernetesKinds} from "./kubernetes/kubernetes.ts";
import {createLedger, keyOf} from "./resource-store.ts";
import {createTurns} from "./write-lock.ts";

export type Inputs = Readonly<Record<string, unknown>>;

/** A resource of a stack as the cloud holds it, every value plain. */
export interface Resource {
  readonly stack: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the resource or component it belongs to. */
  readonly parent?: string;
  readonly protect: boolean;
  /** Whether the old one goes before a new one comes, where the program says so; else the provider does. */
  readonly deleteBeforeReplace?: boolean;
  /** URN of the provider that a program gives it; undefined where it takes the default one. */
  readonly provider?: string;
  /** URNs of what is made before it, as the mocks see it; the engine keeps that to itself. */
  readonly dependencies?: readonly string[];
  /** Dotted paths of the inputs that are read once, when it is made. */
  readonly ignoreChanges?: readonly string[];
  readonly inputs: Inputs;
  readonly id: string;
  readonly outputs: Inputs;
  /** Dotted paths of the inputs that are secret. Print resources with `masked`. */
  readonly secrets: readonly string[];
}

export type Order = Omit<Resource, "id" | "outputs">;

/** What the cloud would not make, and why. */
export interface Refusal {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  readonly reason: string;
}

export interface CloudOptions {
  /** Capacity that the subscription has for a model's deployments of a sku in a location; no limit if not given. */
  readonly quota?: (location: string, model: string, sku: string) => number | undefined;
  /** The address that a public IP address in a location is given. */
  readonly addressOf?: (location: string) => string;
  /** Ids of what is there already, made by no stack. */
  readonly existing?: readonly string[];
  /** The clock, in milliseconds since 1970; this machine's if not given. */
  readonly now?: (() => number) | undefined;
}

/** What the stand-in knows of one type of resource. */
export interface Kind {
  id(inputs: Inputs, stack: string): string;
  /** What is wrong with the inputs whatever else there is, which Pulumi's provider says before it asks. */
  shape?(inputs: Inputs, id: string): readonly string[];
  /** Why the real one would refuse it, in its words. What `shape` says is said here too. */
  check(inputs: Inputs, view: View): readonly string[];
  /** Outputs that are not inputs, or differ from them. */
  outputs?(inputs: Inputs, view: View): Inputs;
  /** Dotted paths of the inputs for whose change the provider makes another resource. */
  readonly fixed?: readonly string[];
  /** What the provider asks to be changed, and the real one refuses. */
  frozen?(olds: Inputs, news: Inputs): readonly Frozen[];
  /** Whether the provider has the old one removed first even where the new one has another id. */
  readonly deletesFirst?: boolean;
  /** What the real one says of a change to a fixed input of what is there. */
  refuseChange?(path: string, inputs: Inputs): string;
  /** Why it cannot be removed. */
  checkRemoval?(resource: Resource, view: View): readonly string[];
  /** What is written to while this is: two writes to it at a time are refused. */
  busies?(id: string): string;
  /** Why it cannot be made where one that was removed is still kept, or is not. */
  checkKept?(inputs: Inputs, id: string, kept: boolean): readonly string[];
}

/** What a kind may ask of the cloud it is in. */
export interface View {
  readonly stack: string;
  readonly id: string;
  /** What is there of it, where it is to be changed. */
  readonly now: Resource | undefined;
  readonly options: CloudOptions;
  /** Everything of a type that there is, in every stack. */
  all(type: string): readonly Resource[];
  /** Everything whose id begins with that of a resource, itself not. */
  inside(id: string): readonly Resource[];
  find(id: string): Resource | undefined;
}

export interface Cloud {
  /** Makes a resource. A refused one is given outputs all the same, so that the rest is judged too. */
  create(order: Order): Resource;
  /** Makes a resource, or changes the one that is there. Rejects with a CloudError, and does nothing then. */
  write(order: Order, now?: Resource): Promise<Resource>;
  /** Removes what has this id. Rejects with a CloudError; what is not there is no error. */
  remove(id: string): Promise<void>;
  /** Changes inputs as by another's hand, unasked. */
  edit(id: string, inputs: Inputs): void;
  /** Calls a function of a provider; one that it does not know is refused, and throws. */
  call(stack: string, token: string, inputs: Inputs): Inputs;
  find(id: string): Resource | undefined;
  readonly resources: readonly Resource[];
  readonly refusals: readonly Refusal[];
}

/** What the cloud said instead of doing it. */
export class CloudError extends Error {
  constructor(reasons: readonly string[]) {
    super(reasons.join("\n"));
  }
}

const kinds: Readonly<Record<string, Kind>> = {...azureKinds, ...kubernetesKinds};

/** The kind of a type; undefined where the stand-in does not know it. */
export const kindOf = (type: string): Kind | undefined =>
  kinds[type] ?? (isComponent(type) ? component : undefined);

/**
 * Stands in for Azure and for Kubernetes: refuses what they would refuse, in their words, and
 * answers with the outputs that the programs read. Nothing is made but a record of it. It has two
 * doors: `create` is the mocks' of the Pulumi runtime, where all of a program is judged at once;
 * `write` and `remove` are the provider's, where the engine stops at the first that fails.
 */
export function createCloud(options: CloudOptions = {}): Cloud {
  const ledger = createLedger();
  const {resources} = ledger;
  const refusals: Refusal[] = [];
  const there = new Map(existing(options).map((resource) => [keyOf(resource.id), resource]));
  const find = (id: string) => ledger.find(id) ?? there.get(keyOf(id));
  const urns = new Set<string>();
  /** Ids of what was removed and is kept for a while. */
  const kept = new Set<string>();
  const alone = createTurns(conflict);

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
    const id = kind?.id(order.inputs, order.stack) ?? "";
    return alone(kind?.busies?.(id), () => {
      require(now ? judgeChange(order, now) : [...judge(order), ...judgeKept(order, id)]);
      kept.delete(keyOf(id));
      return record(order, now);
    });
  }

  async function remove(id: string): Promise<void> {
    const resource = find(id);
    if (!resource) return;
    const kind = kindOf(resource.type);
    await alone(kind?.busies?.(id), () => {
      require(kind?.checkRemoval?.(resource, viewOf(resource.stack, id)) ?? []);
      ledger.drop(resource);
      if (kind?.checkKept) kept.add(keyOf(id));
    });
  }

  function judge({stack, type, inputs}: Order): readonly string[] {
    const kind = kindOf(type);
    if (kind) return kind.check(inputs, viewOf(stack, kind.id(inputs, stack)));
    return [`UnknownType: the stand-in does not know ${type}; add it to cloud/${tableOf(type)}`];
  }

  const judgeKept = ({type, inputs}: Order, id: string) =>
    kindOf(type)?.checkKept?.(inputs, id, kept.has(keyOf(id))) ?? [];

  /** As it would be judged were it not there; and what cannot change has not. */
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
    const {stack, type, name, inputs} = order;
    const kind = kindOf(type);
    const id = kind?.id(inputs, stack) ?? name;
    const outputs = {...inputs, ...kind?.outputs?.(inputs, viewOf(stack, id))};
    return ledger.put({...order, id, outputs}, now);
  }

  function edit(id: string, inputs: Inputs): void {
    const now = find(id);
    if (now) record({...now, inputs: {...now.inputs, ...inputs}}, now);
  }

  function call(stack: string, token: string, inputs: Inputs): Inputs {
    const answer = calls[token];
    if (answer) return answer(inputs);
    const reason = `UnknownFunction: the stand-in does not know ${token}; add it to cloud/functions.ts`;
    refusals.push({stack, type: token, name: "function", reason});
    throw new Error(reason);
  }

  /** The cloud as a resource is judged in it; without the one that it is to replace. */
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

/** What is there already, what it is a part of and its group, also as if all were of one subscription. */
function existing({existing: ids = []}: CloudOptions): Resource[] {
  const here = ids.map((id) =>
    id.replace(/^\/subscriptions\/[^/]+/, `/subscriptions/${SUBSCRIPTION}`),
  );
  return [...ids, ...here].flatMap((id) =>
    [5, 9, Infinity].map((parts) => ({...nobodys, id: id.split("/").slice(0, parts).join("/")})),
  );
}

const nobodys: Resource = {
  stack: "",
  urn: "",
  type: "",
  name: "",
  protect: true,
  inputs: {},
  id: "",
  outputs: {},
  secrets: [],
};

function require(reasons: readonly string[]): void {
  if (reasons.length > 0) throw new CloudError(reasons);
}

/** Azure's answer, HTTP 409, to a second write to one account. */
const conflict = (whole: string) =>
  new CloudError([
    `RequestConflict: Another operation is being performed on the parent resource '${whole}'. Please try again later.`,
  ]);

const isComponent = (type: string) => /^meridian:|^pulumi:pulumi:Stack$/.test(type);

const component: Kind = {id: () => "", check: () => []};

const tableOf = (type: string) => (type.startsWith("kubernetes:") ? "kubernetes/" : "azure/");
