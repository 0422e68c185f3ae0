import type {apps, autoscaling, core, networking, policy} from "@pulumi/kubernetes/types/output.js";
import type {Inputs, Refusal, Resource} from "../resource.ts";
import type {ScaledSpec} from "./keda.ts";
import {type Labels, selects} from "./pods.ts";

/**
 * What the API server takes without a word and no cluster can serve: selectors that match no pod, and
 * names of objects that are not there. It is known only once a stack has made everything.
 */
export function danglingSelectors(resources: readonly Resource[]): Refusal[] {
  return resources.flatMap((resource) =>
    pointersOf(resource).flatMap(({path, says, to}) => {
      const {stack, type, name} = resource;
      const there = resources.some((other) => other.stack === stack && to(other));
      return there ? [] : [{stack, type, name, reason: `${path}: ${says}`}];
    }),
  );
}

/** Something that has to be there for a resource to work. */
interface Pointer {
  readonly path: string;
  readonly says: string;
  readonly to: (other: Resource) => boolean;
}

type Pointers = readonly (Pointer | undefined)[];

const pointing = <Spec>(type: string, pointers: (spec: Spec) => Pointers) =>
  [`kubernetes:${type}`, (spec: unknown) => pointers((spec ?? {}) as Spec)] as const;

/** For each type, what it points at. */
const pointers: Readonly<Record<string, (spec: unknown) => Pointers>> = Object.fromEntries([
  pointing<core.v1.ServiceSpec>("core/v1:Service", ({selector}) => [
    pods("spec.selector", selector),
  ]),
  pointing<policy.v1.PodDisruptionBudgetSpec>("policy/v1:PodDisruptionBudget", ({selector}) => [
    pods("spec.selector", selector.matchLabels),
  ]),
  pointing<networking.v1.NetworkPolicySpec>(
    "networking.k8s.io/v1:NetworkPolicy",
    ({podSelector, ingress = [], egress = []}) => [
      pods("spec.podSelector", podSelector.matchLabels),
      ...[...ingress.flatMap(({from = []}) => from), ...egress.flatMap(({to = []}) => to)].map(
        // Pods of other namespaces are not known here.
        ({namespaceSelector, podSelector}) =>
          namespaceSelector ? undefined : pods("podSelector", podSelector?.matchLabels),
      ),
    ],
  ),
  pointing<autoscaling.v2.HorizontalPodAutoscalerSpec>(
    "autoscaling/v2:HorizontalPodAutoscaler",
    ({scaleTargetRef: {name}}) => [named("spec.scaleTargetRef", "Deployment", name)],
  ),
  pointing<ScaledSpec>("keda.sh/v1alpha1:ScaledObject", ({scaleTargetRef, triggers}) => [
    named("spec.scaleTargetRef", "Deployment", scaleTargetRef.name),
    ...triggers.map(({authenticationRef}) =>
      named("authenticationRef", "TriggerAuthentication", authenticationRef?.name),
    ),
  ]),
  pointing<apps.v1.DeploymentSpec>("apps/v1:Deployment", ({template: {spec}}) => [
    named("spec.template.spec.serviceAccountName", "ServiceAccount", spec.serviceAccountName),
    ...(spec.volumes ?? []).flatMap(({configMap, csi}) => [
      named("configMap", "ConfigMap", configMap?.name),
      named("csi", "SecretProviderClass", csi?.volumeAttributes?.secretProviderClass),
    ]),
  ]),
]);

const pointersOf = ({type, inputs}: Resource) =>
  (pointers[type]?.(inputs.spec) ?? []).filter((pointer) => pointer !== undefined);

/** A selector without labels selects every pod. */
function pods(path: string, labels: Labels | undefined): Pointer | undefined {
  if (!labels || Object.keys(labels).length === 0) return undefined;
  const says = `${JSON.stringify(labels)} matches no pod`;
  const to = ({inputs}: Resource) => {
    const {template} = (inputs.spec ?? {}) as Partial<apps.v1.DeploymentSpec>;
    return template !== undefined && selects(labels, template.metadata?.labels ?? {});
  };
  return {path, says, to};
}

function named(path: string, kind: string, name: string | undefined): Pointer | undefined {
  if (name === undefined) return undefined;
  const to = ({type, inputs}: Resource) =>
    type.endsWith(`:${kind}`) && (inputs.metadata as Inputs | undefined)?.name === name;
  return {path, says: `${kind} "${name}" not found`, to};
}
