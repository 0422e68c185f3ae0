/** What the stand-in holds, what is asked of it, and what it knows of each type of resource. */

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
  /** Whether the old one is deleted before a new one is made, where the program says; else the provider decides. */
  readonly deleteBeforeReplace?: boolean;
  /** URN of the provider that a program gives it; undefined where it takes the default one. */
  readonly provider?: string;
  /** The subscription of that provider; undefined for the stand-in's own. */
  readonly subscription?: string | undefined;
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

/** A resource as a program asks for it. */
export type Order = Omit<Resource, "id" | "outputs">;

/** What the cloud would not make, and why. */
export interface Refusal {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  readonly reason: string;
}

/** Azure's clouds, in azure-native's words. */
export type EnvironmentName = "public" | "usgovernment" | "china";

export interface CloudOptions {
  /** Which of Azure's clouds it is; the public one if undefined. */
  readonly environment?: EnvironmentName | undefined;
  /** The subscription's quota for deployments of a model and SKU in a location; undefined means no limit. */
  readonly quota?: (location: string, model: string, sku: string) => number | undefined;
  /** The address that a public IP address in a location is given. */
  readonly addressOf?: (location: string) => string;
  /** Ids of resources that exist already and belong to no stack. */
  readonly existing?: readonly string[];
  /** The clock, in milliseconds since 1970; this machine's by default. */
  readonly now?: (() => number) | undefined;
}

/** What the stand-in knows of a type of resource: how it behaves, and how it is described. */
export interface Kind extends Behaviour, Description {
  id(inputs: Inputs, stack: string, subscription?: string): string;
  /** What is wrong with the inputs by themselves; Pulumi's provider says it before it asks the cloud. */
  shape?(inputs: Inputs, id: string): readonly string[];
  /** Why the real cloud would refuse it, in its words. Includes what `shape` says. */
  check(inputs: Inputs, view: View): readonly string[];
  /** Outputs that are not inputs, or differ from them. */
  outputs?(inputs: Inputs, view: View): Inputs;
  /** Whether the provider deletes the old one first even where the new one has another id. */
  readonly deletesFirst?: boolean;
  /** What the real cloud says when asked to change a `fixed` input of an existing resource. */
  refuseChange?(path: string, inputs: Inputs): string;
  /** The type's name at Azure: `Microsoft.KeyVault/vaults`. */
  readonly resourceType?: string | undefined;
}

/** How a resource changes and how it is removed. */
export interface Behaviour {
  /** Dotted paths of the inputs for whose change the provider makes another resource. */
  readonly fixed?: readonly string[];
  /** Changes that the provider asks for and the real cloud refuses. */
  frozen?(olds: Inputs, news: Inputs): readonly Frozen[];
  /** Why it cannot be removed. */
  checkRemoval?(resource: Resource, view: View): readonly string[];
  /** The id that a write holds, if any: a second write to it at the same time is refused. */
  locks?(id: string, inputs: Inputs): string | undefined;
  /** What that second write is told, where it is not that of all others. */
  refuseLocked?(held: string): string;
  /** Why it cannot be made, given whether a removed one of its id is still kept. */
  checkKept?(inputs: Inputs, id: string, kept: boolean): readonly string[];
  /** Why it is not made, where one that is there already may stay as it is. */
  checkNew?(inputs: Inputs, view: View): readonly string[];
  /** What of it is drained by a change that is made in place. */
  drains?(olds: Inputs, news: Inputs): readonly string[];
}

/** A property that the provider asks to be changed, and the cloud never changes, or not so. */
export interface Frozen {
  /** Dotted. */
  readonly path: string;
  /** What the real cloud says. */
  readonly reason: string;
}

/** What reviewers, operators and users are told of a type. */
export interface Description {
  /** Why a stack has it. */
  readonly purpose?: string;
  readonly price?: Price;
  /** What is missed while it is not there. */
  readonly loss?: Loss;
  /** Its line in a preview. */
  readonly summary?: Summarize;
  /** Dotted paths of inputs that are secret whether or not the program says so. */
  readonly secret?: readonly string[];
  /** The actions that whoever brings the stack up needs to be allowed. */
  readonly rights?: readonly string[];
}

/** List prices: what differs by location is in cloud/azure/prices.ts, what hardly does beside its type. */
export interface Price {
  /** US dollars a month before any use. */
  readonly dollars?: number | ((inputs: Inputs) => number);
  /** What is paid by use. */
  readonly use?: string;
}

export interface Loss {
  /** What is gone with it. */
  readonly text: string;
  /** Whether somebody who types notices. */
  readonly serves: boolean;
  /** Whether the stack cannot do without it: nothing that regions.yaml asks for takes its place. */
  readonly sole?: boolean;
}

/** Reads the masked inputs, or one value by its dotted path as text. */
export type Summarize = (
  at: (path: string) => string,
  inputs: Inputs,
) => readonly string[] | {readonly facts: readonly string[]; readonly lines: readonly string[]};

/** What a kind may ask of the cloud it is in. */
export interface View {
  readonly stack: string;
  readonly id: string;
  /** The resource as it is, where it is about to be changed. */
  readonly now: Resource | undefined;
  readonly options: CloudOptions;
  /** All resources of a type, in every stack. */
  all(type: string): readonly Resource[];
  /** All resources below an id. */
  inside(id: string): readonly Resource[];
  find(id: string): Resource | undefined;
}
