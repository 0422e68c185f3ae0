import {type ObjectShape, type Shape, shapes} from "../shapes/shapes.ts";
import data from "./replacement.json" with {type: "json"};

const listed: Readonly<Record<string, readonly string[]>> = data.types;

/**
 * The dotted paths of a type's inputs for whose change azure-native makes another resource: it goes by the names of
 * properties, at whatever depth. Those within a list are not among them, as lists are compared as a whole, nor those of
 * another resource, which a part with an id is: which list that goes by depends on what azure-native came to first.
 */
export function replacedFor(type: string): string[] {
  const names = listed[type] ?? [];
  return names.length > 0 ? pathsTo(names, shapes[type], "") : [];
}

function pathsTo(names: readonly string[], whole: ObjectShape | undefined, above: string) {
  return Object.entries(whole?.properties ?? {}).flatMap(([key, shape]): string[] =>
    names.includes(key)
      ? [above + key]
      : partsOf(shape).flatMap((part) => pathsTo(names, part, `${above}${key}.`)),
  );
}

function partsOf(shape: Shape): ObjectShape[] {
  if (typeof shape !== "string") return "oneOf" in shape ? shape.oneOf.flatMap(partsOf) : [];
  const part = shapes[shape];
  return part && !Object.hasOwn(part.properties, "id") ? [part] : [];
}
