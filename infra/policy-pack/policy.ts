import type {Region, World} from "../../regions/world.ts";

export type Inputs = Readonly<Record<string, unknown>>;

/** What is in a value; nothing where it is not an object. */
export const partsOf = (value: unknown): Inputs =>
  typeof value === "object" && value !== null ? (value as Inputs) : {};

/** A value as text. Whatever JSON has: an object may have a `toString` that is none. */
export const textOf = (value: unknown): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);

/** A resource as a stack asks for it. */
export interface Subject {
  readonly stack: string;
  /** Pulumi's: `azure-native:keyvault:Vault`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Inputs;
}

/** What a resource is judged by, beside itself. */
export interface Scope {
  readonly world: World;
  readonly stack: string;
  /** The entry of regions.yaml, where the stack is a region's. */
  readonly region: Region | undefined;
}

/** What one value of a resource has to be. */
export interface Demand {
  /** Keys that lead to it; `*` stands for each item of a list, or each value of a map. */
  readonly path: readonly string[];
  /** Reads on after "has to be". */
  readonly wants: string;
  holds(value: unknown, scope: Scope, inputs: Inputs): boolean;
  /** Whether the value is not to be printed. */
  readonly hidden?: boolean;
}

/** What is wrong with a resource. */
export interface Fault {
  readonly subject: Subject;
  /** A sentence that names the value and what it has to be. */
  readonly text: string;
}

/** A promise of docs/security.md that a resource by itself keeps or breaks. */
export interface ResourcePolicy {
  readonly name: string;
  /** What is promised, and why. */
  readonly why: string;
  readonly mend: string;
  /** Of a type of resource; empty for those that it is not about. */
  demandsOf(type: string): readonly Demand[];
}

/** One that the resources of a stack keep together. */
export interface StackPolicy extends Pick<ResourcePolicy, "name" | "why" | "mend"> {
  faultsOf(subjects: readonly Subject[]): readonly Fault[];
}

/** Demands by type, as most policies have them. */
export const byType =
  (demands: Readonly<Record<string, readonly Demand[]>>) =>
  (type: string): readonly Demand[] =>
    demands[type] ?? [];

export const is = (path: string, ...values: readonly (string | boolean)[]): Demand => ({
  path: path.split("."),
  wants: values.map((value) => JSON.stringify(value)).join(" or "),
  holds: (value) => values.some((one) => one === value),
});

/** Not there, or empty, or false: all of them are Azure's and Kubernetes' way to say no. */
export const none = (path: string): Demand => ({
  path: path.split("."),
  wants: "left out",
  holds: (value) => !value || (Array.isArray(value) && value.length === 0),
});
