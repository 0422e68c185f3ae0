import type {Behaviour, Description, Inputs, Kind, View} from "../resource.ts";

/** Says that the field at a path is not as it must be. */
export type Invalid = (path: string, reason: string) => string;

interface ObjectKind<In> extends Behaviour, Description {
  readonly check?: (inputs: In, invalid: Invalid, view: View) => readonly string[];
}

/**
 * A kind of Kubernetes object. Ids are `namespace/name` in Pulumi's provider; here the cluster and the
 * kind come first. The API server never changes what is `fixed`, so Pulumi's provider makes another object:
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go.
 */
export function object<In>(
  type: string,
  plural: string,
  {check, fixed = [], ...rest}: ObjectKind<In> = {},
): [string, Kind] {
  const kind = type.split(":")[1];
  const invalidOf =
    ({name}: Metadata): Invalid =>
    (path, reason) =>
      `${kind} "${name}" is invalid: ${path}: ${reason}`;
  const whole: Kind = {
    ...rest,
    id(inputs, stack) {
      const {name, namespace} = metadataOf(inputs);
      return `${stack}/${plural}/${namespace ? `${namespace}/` : ""}${name}`;
    },
    check(inputs, view) {
      const invalid = invalidOf(metadataOf(inputs));
      return [
        ...checkMetadata(metadataOf(inputs), plural, invalid, view),
        ...(check?.(inputs as In, invalid, view) ?? []),
      ];
    },
    fixed: ["metadata.name", "metadata.namespace", ...fixed],
    refuseChange(path, inputs) {
      const value = path.split(".").reduce<unknown>((at, key) => (at as Inputs)?.[key], inputs);
      const reason = `Invalid value: ${JSON.stringify(value)}: field is immutable`;
      return invalidOf(metadataOf(inputs))(path, reason);
    },
  };
  return [`kubernetes:${type}`, whole];
}

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
}

const metadataOf = (inputs: Inputs) => (inputs.metadata ?? {}) as Metadata;

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
function checkMetadata(
  {name = "", namespace}: Metadata,
  plural: string,
  invalid: Invalid,
  view: View,
): string[] {
  const faults: string[] = [];
  if (!/^(?=.{1,253}$)[a-z\d]([a-z\d.-]*[a-z\d])?$/.test(name))
    faults.push(
      invalid(
        "metadata.name",
        `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
      ),
    );
  if (namespace !== undefined && !view.find(`${view.stack}/namespaces/${namespace}`))
    faults.push(`namespaces "${namespace}" not found`);
  if (view.find(view.id)) faults.push(`${plural} "${name}" already exists`);
  return faults;
}
