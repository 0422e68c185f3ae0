import {kinds as azureKinds} from "./azure.ts";
import {calls} from "./functions.ts";
import {kinds as kubernetesKinds} from "./kubernetes.ts";

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
}

/** What the stand-in knows of one type of resource. */
export interface Kind {
  id(inputs: Inputs, stack: string): string;
  /** Why the real one would refuse it, in its words. */
  check(inputs: Inputs, view: View): readonly string[];
  /** Outputs that are not inputs, or differ from them. */
  outputs?(inputs: Inputs, view: View): Inputs;
}

/** What a kind may ask of the cloud it is in. */
export interface View {
  readonly stack: string;
  readonly id: string;
  readonly options: CloudOptions;
  /** Everything of a type that there is, in every stack. */
  all(type: string): readonly Resource[];
  find(id: string): Resource | undefined;
}

export interface Cloud {
  /** Makes a resource. A refused one is given outputs all the same, so that the rest is judged too. */
  create(order: Order): Resource;
  /** Calls a function of a provider; one that it does not know is refused, and throws. */
  call(stack: string, token: string, inputs: Inputs): Inputs;
  readonly resources: readonly Resource[];
  readonly refusals: readonly Refusal[];
}

const kinds: Readonly<Record<string, Kind>> = {...azureKinds, ...kubernetesKinds};

/**
 * Stands in for Azure and for Kubernetes: refuses what they would refuse, in their words, and
 * answers with the outputs that the programs read. Nothing is made but a record of it.
 */
export function createCloud(options: CloudOptions = {}): Cloud {
  const resources: Resource[] = [];
  const refusals: Refusal[] = [];
  const byId = new Map<string, Resource>();
  const urns = new Set<string>();

  function create(order: Order): Resource {
    const {stack, type, name, inputs} = order;
    const refuse = (reason: string) => refusals.push({stack, type, name, reason});
    const kind = kinds[type] ?? (isComponent(type) ? component : undefined);
    if (!kind)
      refuse(`UnknownType: the stand-in does not know ${type}; add it to local/${tableOf(type)}`);
    const id = kind?.id(inputs, stack) ?? name;
    const view: View = {stack, id, options, all, find};
    if (kind) for (const reason of reasons(order, kind, view)) refuse(reason);
    const resource = {...order, id, outputs: {...inputs, ...kind?.outputs?.(inputs, view)}};
    resources.push(resource);
    if (kind !== component) byId.set(key(id), resource);
    return resource;
  }

  function reasons({urn, inputs}: Order, kind: Kind, view: View): string[] {
    const twice = urns.has(urn);
    urns.add(urn);
    return [
      ...(twice ? [`Duplicate resource URN '${urn}'; try giving it a unique name`] : []),
      ...kind.check(inputs, view),
    ];
  }

  function call(stack: string, token: string, inputs: Inputs): Inputs {
    const answer = calls[token];
    if (answer) return answer(inputs);
    const reason = `UnknownFunction: the stand-in does not know ${token}; add it to local/functions.ts`;
    refusals.push({stack, type: token, name: "function", reason});
    throw new Error(reason);
  }

  const all = (type: string) => resources.filter((resource) => resource.type === type);
  const find = (id: string) => byId.get(key(id));

  return {create, call, resources, refusals};
}

/** ARM compares ids without regard to case. */
const key = (id: string) => id.toLowerCase();

const isComponent = (type: string) => /^meridian:|^pulumi:pulumi:Stack$/.test(type);

const component: Kind = {id: () => "", check: () => []};

const tableOf = (type: string) => (type.startsWith("kubernetes:") ? "kubernetes.ts" : "azure.ts");
