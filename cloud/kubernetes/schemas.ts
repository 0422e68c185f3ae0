/** The API server's OpenAPI definitions as JSON Schemas that know every field: what they do not name is refused. */

type Schema = Readonly<Record<string, unknown>>;

interface Swagger {
  readonly definitions: Readonly<Record<string, Definition>>;
}

interface Definition extends Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly "x-kubernetes-group-version-kind"?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

/** File name to schema: one for each kind, as kubeconform looks for it, and one with all they refer to. */
export function schemasOf({definitions}: Swagger): ReadonlyMap<string, object> {
  const strict = Object.entries(definitions).map(([name, schema]) => [
    name,
    strictly(name, schema),
  ]);
  const kinds = Object.entries(definitions).flatMap(([name, schema]) =>
    (schema["x-kubernetes-group-version-kind"] ?? []).map((kind): [string, object] => [
      fileOf(kind),
      {$ref: `${DEFINITIONS}#/definitions/${name}`},
    ]),
  );
  return new Map<string, object>([
    ...kinds,
    [DEFINITIONS, {definitions: Object.fromEntries(strict)}],
  ]);
}

const DEFINITIONS = "definitions.json";

/** `deployment-apps-v1.json`: of a group the first word alone. */
function fileOf({group, version, kind}: {group: string; version: string; kind: string}): string {
  const words = [kind, group.split(".")[0], version].filter(Boolean);
  return `${words.join("-").toLowerCase()}.json`;
}

/** Strings by their definitions, of which the API server takes numbers too. */
const numbers = ["util.intstr.IntOrString", "api.resource.Quantity"];

function strictly(name: string, schema: Definition): Schema {
  if (numbers.some((other) => name.endsWith(other))) return {type: ["string", "integer", "number"]};
  return schema.properties ? {...schema, additionalProperties: false} : schema;
}
