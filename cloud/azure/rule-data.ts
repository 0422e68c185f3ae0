/**
 * Makes cloud/azure/rules.json: `node cloud/azure/rule-data.ts FOLDER`, where FOLDER holds the types of
 * https://github.com/Azure/bicep-types-az, commit 1f896de2, a gzipped JSON file for each provider and API version:
 * keyvault_2024-11-01.json.gz. The types are those of cloud/types.ts, each at the version that azure-native asks for.
 *
 * Azure/bicep-types-az: Copyright (c) Microsoft Corporation, MIT licence.
 */
import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {gunzipSync} from "node:zlib";
import {types} from "../types.ts";
import type {Rule, TypeRules} from "./rules.ts";

interface Reference {
  readonly $ref: string;
}

type Properties = Readonly<Record<string, {readonly type: Reference; readonly flags: number}>>;

/** https://github.com/Azure/bicep-types, src/bicep-types/src/types.ts */
interface Type {
  readonly $type: string;
  readonly name?: string;
  readonly value?: string;
  readonly body?: Reference;
  readonly itemType?: Reference;
  readonly elements?: readonly Reference[] | Readonly<Record<string, Reference>>;
  readonly properties?: Properties;
  readonly baseProperties?: Properties;
  readonly additionalProperties?: Reference;
  readonly discriminator?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

const REQUIRED = 1;
const READ_ONLY = 2;

/** What every resource has beside its inputs, and the location that azure-native finds where none is given. */
const COMMON = ["id", "name", "type", "apiVersion", "location", "tags", "systemData", "etag"];

/** A map at Azure, a list in azure-native. */
const RESHAPED = "userAssignedIdentities";

const AZURE_NATIVE = fileURLToPath(
  new URL("../../node_modules/@pulumi/azure-native/", import.meta.url),
);

/** What is undefined is not written. */
type Draft<T> = {readonly [Key in keyof T]: T[Key] | undefined};

const lineOf = (type: string, resourceType: string) =>
  `"${type}": ${JSON.stringify(rulesOf(type, resourceType))}`;

function rulesOf(type: string, resourceType: string): Draft<TypeRules> {
  const [module = "", name = ""] = type.split(":");
  const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`;
  const declared = readFileSync(join(AZURE_NATIVE, module, file), "utf8");
  const version = /Uses Azure REST API version ([\w-]+)/.exec(declared)![1]!;
  const args = declared.slice(declared.indexOf(`interface ${name}Args`));
  const inputs = [...args.matchAll(/^ {4}(\w+)\??: /gm)].map(([, input]) => input!);
  const provider = resourceType.replaceAll(/^Microsoft\.|\/.*/g, "").toLowerCase();
  const {at, all, rule, object, lifted} = readTypes(`${provider}_${version}.json.gz`);
  const full = `${resourceType.replace("/subscriptions/", "/")}@${version}`.toLowerCase();
  const {properties = {}} = at(all.find((one) => one.name?.toLowerCase() === full)!.body!);
  const own = Object.entries(properties).filter(([key]) => !COMMON.includes(key));
  // Otherwise azure-native lifts what is in `properties` up to the resource.
  const whole = Object.fromEntries(own);
  const body = inputs.includes("properties") ? whole : lifted(whole);
  const renamed = Object.entries(body).map(([key, property]) => {
    const input = inputs.find((input) => input.toLowerCase() === key.toLowerCase());
    // What is read-only in the body and an input all the same is a part of the path.
    return [input ?? key, input ? {...property, flags: property.flags & ~READ_ONLY} : property];
  });
  return {version, name: rule(properties.name!.type), body: object(Object.fromEntries(renamed))};
}

/** The types of a provider, and what they make rules of. Undefined is where nothing is to be checked. */
function readTypes(file: string) {
  const zipped = readFileSync(join(process.argv[2] ?? "", file));
  const all: readonly Type[] = JSON.parse(gunzipSync(zipped).toString());
  const at = ({$ref}: Reference) => all[Number($ref.slice("#/".length))]!;

  /** A type that is within itself is not followed. */
  function rule(reference: Reference, within: readonly Type[] = []): Draft<Rule> | undefined {
    const type = at(reference);
    const inside = [...within, type];
    if (within.includes(type)) return undefined;
    if (type.$type === "ObjectType")
      return object(lifted(type.properties ?? {}), inside, type.additionalProperties);
    if (type.$type === "DiscriminatedObjectType") return discriminated(type, inside);
    if (type.$type === "UnionType") return union(type.elements as readonly Reference[]);
    const {pattern, itemType, value} = type;
    return some({
      oneOf: value === undefined ? undefined : [value],
      min: type.minLength ?? type.minValue,
      max: type.maxLength ?? type.maxValue,
      pattern,
      items: itemType && rule(itemType, inside),
    });
  }

  function object(properties: Properties, within: readonly Type[] = [], values?: Reference) {
    const entries = Object.entries(properties);
    const readOnly = keysWith(READ_ONLY, entries);
    const inner = entries
      .filter(([key]) => !readOnly?.includes(key) && key !== RESHAPED)
      .filter(([, {type}]) => !isReference(at(type)))
      .flatMap(([key, {type}]) => {
        const found = rule(type, within);
        return found ? [[key, found] as const] : [];
      });
    return some({
      required: keysWith(REQUIRED, entries)?.filter((key) => !readOnly?.includes(key)),
      readOnly,
      properties: inner.length > 0 ? Object.fromEntries(inner) : undefined,
      values: values && rule(values, within),
    });
  }

  /** Its variants repeat the property that tells them apart; here it is said once, of all. */
  function discriminated(type: Type, within: readonly Type[]): Draft<Rule> {
    const {discriminator = "", baseProperties = {}, elements = {}} = type;
    const variants = Object.entries(elements).map(([name, element]) => {
      const {[discriminator]: _, ...properties} = at(element).properties ?? {};
      return [name, object(lifted(properties), within) ?? {}] as const;
    });
    const {required = [], properties, ...base} = object(baseProperties, within) ?? {};
    return {
      ...base,
      required: [...required, discriminator],
      properties: {...properties, [discriminator]: {oneOf: variants.map(([name]) => name)}},
      discriminator,
      variants: Object.fromEntries(variants),
    };
  }

  /** A union that has a plain string in it allows every other. */
  function union(elements: readonly Reference[]): Draft<Rule> | undefined {
    const oneOf = elements.map((element) => at(element).value);
    return oneOf.every((value) => value !== undefined) ? {oneOf} : undefined;
  }

  /** azure-native puts what is in `properties` of a part beside the part's name. */
  const lifted = ({properties, ...others}: Properties): Properties =>
    properties ? {...others, ...at(properties.type).properties} : others;

  return {at, all, rule, object, lifted};
}

function keysWith(flag: number, entries: readonly (readonly [string, {readonly flags: number}])[]) {
  const keys = entries.filter(([, {flags}]) => (flags & flag) !== 0).map(([key]) => key);
  return keys.length > 0 ? keys : undefined;
}

/** Whether a part is another resource, of which the id alone is given. */
const isReference = ({properties = {}}: Type) => "id" in properties && "properties" in properties;

const some = (draft: Draft<Rule>) =>
  Object.values(draft).some((value) => value !== undefined) ? draft : undefined;

const rules = Object.entries(types).flatMap(([type, {resourceType}]) =>
  resourceType ? [lineOf(type.replace("azure-native:", ""), resourceType)] : [],
);
writeFileSync(new URL("rules.json", import.meta.url), `{\n${rules.join(",\n")}\n}\n`);
