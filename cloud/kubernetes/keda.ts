import {spare} from "../description.ts";
import type {View} from "../resource.ts";
import {type Invalid, object} from "./object.ts";

const API = "keda.sh/v1alpha1";

/** Kinds that KEDA defines, AKS's add-on: https://github.com/kedacore/keda/tree/main/config/crd/bases */
export const keda = [
  object<Scaled>(`${API}:ScaledObject`, "scaledobjects.keda.sh", {
    purpose: "how many servers of a model there are, by the requests that they have",
    loss: spare("more servers for more requests"),
    summary: (at) => [`${at("spec.minReplicaCount")}-${at("spec.maxReplicaCount")} servers`],
    check: ({spec}, invalid, view) => [
      ...checkAddon(view, "ScaledObject"),
      ...checkScaled(spec, invalid),
    ],
  }),
  object<Authentication>(`${API}:TriggerAuthentication`, "triggerauthentications.keda.sh", {
    purpose: "by which identity KEDA reads metrics",
    loss: spare("what servers are counted by"),
    summary: (at) => [`${at("spec.podIdentity.provider")}`],
    check: ({spec}, invalid, view) => [
      ...checkAddon(view, "TriggerAuthentication"),
      ...checkOneOf(spec.podIdentity?.provider, PROVIDERS, "spec.podIdentity.provider", invalid),
    ],
  }),
];

interface Scaled {
  readonly spec: ScaledSpec;
}

export interface ScaledSpec {
  readonly scaleTargetRef: {readonly name: string};
  readonly minReplicaCount?: number;
  readonly maxReplicaCount?: number;
  readonly fallback?: {readonly behavior?: string};
  readonly triggers: readonly Trigger[];
}

interface Trigger {
  readonly type?: string;
  readonly metricType?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly authenticationRef?: {readonly name: string};
}

interface Authentication {
  readonly spec: {readonly podIdentity?: {readonly provider?: string}};
}

/** keda.sh_triggerauthentications.yaml */
const PROVIDERS = ["azure-workload", "gcp", "aws", "aws-eks", "none"];
/** keda.sh_scaledobjects.yaml */
const BEHAVIOURS = [
  ...["static", "currentReplicas"],
  ...["currentReplicasIfHigher", "currentReplicasIfLower"],
];
const FIELDS = [
  ...["scaleTargetRef", "pollingInterval", "initialCooldownPeriod", "cooldownPeriod"],
  ...["idleReplicaCount", "minReplicaCount", "maxReplicaCount", "advanced", "triggers", "fallback"],
];
/** https://keda.sh/docs/latest/scalers/prometheus */
const ASKED = ["serverAddress", "query", "threshold"];

/** A cluster without the add-on has no such kind: https://learn.microsoft.com/azure/aks/keda-deploy-add-on-cli */
function checkAddon({all, stack}: View, kind: string): string[] {
  const enabled = all("azure-native:containerservice:ManagedCluster").some(
    ({stack: of, inputs}) => {
      const {keda} = (inputs.workloadAutoScalerProfile ?? {}) as {keda?: {enabled?: boolean}};
      return of === stack && keda?.enabled === true;
    },
  );
  return enabled ? [] : [`no matches for kind "${kind}" in version "${API}"`];
}

function checkScaled(spec: ScaledSpec, invalid: Invalid): string[] {
  const {minReplicaCount = 0, maxReplicaCount = 100, fallback, triggers} = spec;
  return [
    ...Object.keys(spec).flatMap((field) =>
      FIELDS.includes(field) ? [] : [invalid(`spec.${field}`, "unknown field")],
    ),
    ...(minReplicaCount <= maxReplicaCount
      ? []
      : [
          invalid(
            "spec",
            `MinReplicaCount=${minReplicaCount} must be less than or equal to MaxReplicaCount=${maxReplicaCount}`,
          ),
        ]),
    ...checkOneOf(fallback?.behavior ?? "static", BEHAVIOURS, "spec.fallback.behavior", invalid),
    ...(triggers.length > 0
      ? []
      : [invalid("spec.triggers", "no triggers defined in the ScaledObject/ScaledJob")]),
    ...triggers.flatMap((trigger, at) => checkTrigger(trigger, `spec.triggers[${at}]`, invalid)),
  ];
}

function checkTrigger({type, metadata = {}}: Trigger, path: string, invalid: Invalid): string[] {
  const texts = Object.entries(metadata).flatMap(([key, value]) =>
    typeof value === "string"
      ? []
      : [invalid(`${path}.metadata.${key}`, `Invalid value: must be of type string`)],
  );
  if (type !== "prometheus") return texts;
  const missing = ASKED.filter((key) => metadata[key] === undefined);
  return [
    ...texts,
    ...missing.map((key) =>
      invalid(`${path}.metadata`, `missing required parameter "${key}" in [triggerMetadata]`),
    ),
  ];
}

function checkOneOf(
  value: string | undefined,
  values: readonly string[],
  path: string,
  invalid: Invalid,
): string[] {
  if (value === undefined || values.includes(value)) return [];
  const supported = values.map((one) => `"${one}"`).join(", ");
  return [invalid(path, `Unsupported value: "${value}": supported values: ${supported}`)];
}
