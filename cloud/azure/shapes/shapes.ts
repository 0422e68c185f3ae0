import {nearest} from "../../../regions/meaning.ts";
import {isMap} from "../../changes.ts";
import {isUnknown} from "../../engine/pulumi-values.ts";
import type {Inputs} from "../../resource.ts";
import data from "./shapes.json" with {type: "json"};

/**
 * What azure-native's own types say a value consists of: `string`, `number`, `boolean`, `any`, a part by its
 * name (`keyvault:SkuArgs`), a list of one kind, a map of one kind, one text, or one of several.
 */
export type Shape =
  | string
  | readonly [Shape]
  | {readonly mapOf: Shape}
  | {readonly is: string}
  | {readonly oneOf: readonly Shape[]};

export interface ObjectShape {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, Shape>>;
}

/** The release of azure-native that shapes.json was generated from, by shape-data.ts. */
export const shapesVersion: string = data.version;

/** By type (`keyvault:Vault`) or by the name of a part. */
export const shapes = data.shapes as unknown as Readonly<Record<string, ObjectShape>>;

/** The inputs of every type. */
const COMMON = ["azureApiVersion"];

/**
 * What inputs have that azure-native does not know, or is of another kind, or lacks. azure-native itself refuses
 * some wrong kinds, in these words, and leaves out what it does not know, so that Azure never hears of it:
 * validateType in provider/pkg/provider/provider.go, SdkInputsToRequestBody in provider/pkg/convert.
 */
export function misshapen(type: string, inputs: Inputs): string[] {
  return shapes[type] ? objectFaults(type, inputs, "") : [];
}

function faultsAt(shape: Shape, value: unknown, path: string): string[] {
  if (value === undefined || value === null || isUnknown(value)) return [];
  if (typeof shape === "string") return namedFaults(shape, value, path);
  if ("oneOf" in shape) return fewest(shape.oneOf.map((one) => faultsAt(one, value, path)));
  if ("is" in shape) return value === shape.is ? [] : [otherKind(shape.is, value, path)];
  if ("mapOf" in shape) return mapFaults(shape.mapOf, value, path);
  if (!Array.isArray(value)) return [otherKind("array", value, path)];
  return value.flatMap((item, at) => faultsAt(shape[0], item, `${path}[${at}]`));
}

function namedFaults(shape: string, value: unknown, path: string): string[] {
  if (shape.includes(":"))
    return isMap(value) ? objectFaults(shape, value, path) : [otherKind("object", value, path)];
  return shape === "any" || shape === kindOf(value) ? [] : [otherKind(shape, value, path)];
}

const mapFaults = (values: Shape, value: unknown, path: string) =>
  isMap(value)
    ? Object.entries(value).flatMap(([key, inner]) => faultsAt(values, inner, `${path}.${key}`))
    : [otherKind("object", value, path)];

function objectFaults(name: string, value: Inputs, path: string): string[] {
  const {required, properties} = shapes[name]!;
  const below = (key: string) => (path ? `${path}.${key}` : key);
  const known = Object.keys(properties);
  const given = Object.keys(value).filter((key) => value[key] !== undefined);
  const strange = given.filter((key) => !known.includes(key) && !COMMON.includes(key));
  return [
    ...required.filter((key) => !given.includes(key)).map((key) => missing(below(key))),
    ...strange.map(
      (key) => `UnknownProperty: ${name} has no property '${below(key)}'; ${nearest(key, known)}`,
    ),
    ...known.flatMap((key) => faultsAt(properties[key]!, value[key], below(key))),
  ];
}

export const missing = (path: string) => `missing required property "${path}"`;

const otherKind = (kind: string, value: unknown, path: string) =>
  `'${path}' should be of type '${kind}' but got ${kindOf(value)}: ${JSON.stringify(value)}`;

const kindOf = (value: unknown) => (Array.isArray(value) ? "array" : typeof value);

const fewest = (faults: readonly string[][]) => faults.toSorted((a, b) => a.length - b.length)[0]!;
