/**
 * Makes cloud/azure/rules/rules.json: `node cloud/azure/rules/rule-data.ts FOLDER COMMIT`, where FOLDER is a checkout of
 * https://github.com/Azure/bicep-types-az at COMMIT, or holds what published-types.ts asks for. The types are those of
 * cloud/types.ts, each at the version that azure-native asks for. Of a type that FOLDER has no file of, what was read
 * before at that version is kept, and it says so.
 *
 * Azure/bicep-types-az is under the MIT licence: rules.LICENSE.
 */
import {writeFileSync} from "node:fs";
import type {Kind} from "../../resource.ts";
import {types} from "../../types.ts";
import {declarationOf, versionIn} from "../shapes/declaration.ts";
import {shapes} from "../shapes/shapes.ts";
import {
  type Properties,
  type Published,
  publishedTypes,
  type Reference,
  type Type,
} from "./published-types.ts";
import {rules} from "./rules.ts";

const REQUIRED = 1;
const READ_ONLY = 2;

/** Microsoft's types have no flag for it; descriptions say it in these words. */
const CREATE_ONLY =
  /\b(can ?not|can't) be (updated|changed|modified) (once|later|after|for an existing)|\bnot allowed to changed once set|\bThe property is immutable\b/;

/** What every resource has beside its inputs, and the location that azure-native finds where none is given. */
const COMMON = ["id", "name", "type", "apiVersion", "location", "tags", "systemData", "etag"];

/** A map at Azure, a list in azure-native. */
const RESHAPED = "userAssignedIdentities";

const [, , folder, commit] = process.argv;
if (!folder || !commit) throw new Error("Say where the types are: rule-data.ts FOLDER COMMIT");

const lines = Object.entries(types).flatMap(lineOf);
writeFileSync(
  new URL("rules.json", import.meta.url),
  `{\n"source": "Azure/bicep-types-az@${commit}",\n"types": {\n${lines.join(",\n")}\n}\n}\n`,
);

/** A type that ARM does not hold has no line. What says nothing is not written. */
function lineOf([type, {resourceType}]: [string, Kind]): string[] {
  if (!resourceType) return [];
  const short = type.replace("azure-native:", "");
  const isEmpty = (value: unknown) => typeof value === "object" && !Object.keys(value!).length;
  const whole = JSON.parse(JSON.stringify(rulesOf(short, resourceType)), (_, value) =>
    isEmpty(value) ? undefined : value,
  );
  return [`"${short}": ${JSON.stringify(whole)}`];
}

function rulesOf(type: string, resourceType: string) {
  const version = versionIn(declarationOf(type));
  const inputs = Object.keys(shapes[type]!.properties);
  const name = `${resourceType.replace("/subscriptions/", "/")}@${version}`;
  const found = publishedOrKept(name, rules[type]?.version === version);
  if (!found) return rules[type]!;
  const {all, body: published} = found;
  const {at, rule, object, lifted} = createRules(all);
  const {properties = {}} = at(published);
  const own = Object.entries(properties).filter(([key]) => !COMMON.includes(key));
  const whole = Object.fromEntries(own);
  // Unless azure-native keeps `properties`, it lifts what is in there up to the resource.
  const body = inputs.includes("properties") ? whole : lifted(whole);
  const renamed = Object.entries(body).map(([key, property]) => {
    const input = inputs.find((input) => input.toLowerCase() === key.toLowerCase());
    // A part of the path is an input, though read-only in the body.
    return [input ?? key, input ? {...property, flags: property.flags & ~READ_ONLY} : property];
  });
  return {version, name: rule(properties.name!.type), body: object(Object.fromEntries(renamed))};
}

function publishedOrKept(name: string, isKept: boolean): Published | undefined {
  try {
    return publishedTypes(folder!, name);
  } catch (error) {
    if (!isKept) throw error;
    console.warn(`${name}: kept as it was read before. ${(error as Error).message}`);
    return undefined;
  }
}

/** What makes rules of a provider's types: objects like those of rules.ts, empty ones among them. */
function createRules(all: readonly Type[]) {
  const at = ({$ref}: Reference) => all[Number($ref.slice("#/".length))]!;

  /** A type that is within itself is not followed. */
  function rule(reference: Reference, within: readonly Type[] = []): object {
    const type = at(reference);
    if (within.includes(type)) return {};
    const inside = [...within, type];
    const {properties = {}, pattern, itemType, value} = type;
    if (type.$type === "ObjectType")
      return object(lifted(properties), inside, type.additionalProperties);
    if (type.$type === "DiscriminatedObjectType") return discriminated(type, inside);
    return {
      oneOf: type.$type === "UnionType" ? union(type) : value && [value],
      min: type.minLength ?? type.minValue,
      max: type.maxLength ?? type.maxValue,
      pattern,
      items: itemType && rule(itemType, inside),
    };
  }

  function object(properties: Properties, within: readonly Type[] = [], values?: Reference) {
    const entries = Object.entries(properties);
    const keysWith = (flag: number) =>
      entries.filter(([, {flags}]) => (flags & flag) !== 0).map(([key]) => key);
    const readOnly = keysWith(READ_ONLY);
    const inner = entries.filter(
      ([key, {type}]) => ![...readOnly, RESHAPED].includes(key) && !isReference(at(type)),
    );
    return {
      required: keysWith(REQUIRED).filter((key) => !readOnly.includes(key)),
      readOnly,
      createOnly: entries
        .filter(
          ([, {flags, description = ""}]) => !(flags & READ_ONLY) && CREATE_ONLY.test(description),
        )
        .map(([key]) => key),
      properties: Object.fromEntries(inner.map(([key, {type}]) => [key, rule(type, within)])),
      values: values && rule(values, within),
    };
  }

  /** Its variants repeat the property that tells them apart; here it is said once, for all. */
  function discriminated(type: Type, within: readonly Type[]): object {
    const {discriminator = "", baseProperties = {}, elements = {}} = type;
    const variants = Object.entries(elements).map(([name, element]) => {
      const {[discriminator]: _, ...properties} = at(element).properties ?? {};
      return [name, object(lifted(properties), within)] as const;
    });
    const base = object(baseProperties, within);
    const oneOf = variants.map(([name]) => name);
    return {
      ...base,
      required: [...base.required, discriminator],
      properties: {...base.properties, [discriminator]: {oneOf}},
      discriminator,
      variants: Object.fromEntries(variants),
    };
  }

  /** A union that has a plain string in it allows any. */
  function union({elements}: Type): (string | undefined)[] {
    const values = (elements as readonly Reference[]).map((element) => at(element).value);
    return values.includes(undefined) ? [] : values;
  }

  /** azure-native puts what is in `properties` of a part beside the part's name. */
  const lifted = ({properties, ...others}: Properties): Properties =>
    properties ? {...others, ...at(properties.type).properties} : others;

  return {at, rule, object, lifted};
}

/** Whether a part is another resource, of which the id alone is given. */
function isReference({properties = {}}: Type): boolean {
  return "id" in properties && "properties" in properties;
}
