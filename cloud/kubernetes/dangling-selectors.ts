import type {Inputs, Refusal, Resource} from "../resource.ts";
import {type Labels, selects} from "./pods.ts";

/**
 * What the API server takes without a word and no cluster can serve: selectors that match no pod, and
 * names of objects that are not there. It is known only once everything of a stack is.
 */
export function danglingSelectors(resources: readonly Resource[]): Refusal[] {
  return resources.flatMap((resource) =>
    pointersOf(resource).flatMap((pointer) => {
      const there = resources.some((other) => other.stack === resource.stack && pointer.to(other));
      if (there) return [];
      const {stack, type, name} = resource;
      return [{stack, type, name, reason: `${pointer.path}: ${pointer.says}`}];
    }),
  );
}

/** Something that has to be there for a resource to work. */
interface Pointer {
  readonly path: string;
  readonly says: string;
  readonly to: (other: Resource) => boolean;
}

/** By type, the part of an object that points at others. */
const pointers: Readonly<Record<string, (spec: Spec) => readonly (Pointer | undefined)[]>> = {
  "kubernetes:core/v1:Service": ({selector}) => [pods("spec.selector", selector as Labels)],
  "kubernetes:policy/v1:PodDisruptionBudget": ({selector}) => [
    pods("spec.selector", labelsOf(selector)),
  ],
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": ({podSelector, ingress = [], egress = []}) => [
    pods("spec.podSelector", labelsOf(podSelector)),
    ...[...ingress.flatMap(({from = []}) => from), ...egress.flatMap(({to = []}) => to)].map(
      // Of another namespace nothing is known here.
      (peer) =>
        peer.namespaceSelector ? undefined : pods("podSelector", labelsOf(peer.podSelector)),
    ),
  ],
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": ({scaleTargetRef}) => [
    named("spec.scaleTargetRef", "Deployment", scaleTargetRef?.name),
  ],
  "kubernetes:apps/v1:Deployment": ({template}) => [
    named(
      "spec.template.spec.serviceAccountName",
      "ServiceAccount",
      template?.spec.serviceAccountName,
    ),
    ...(template?.spec.volumes ?? []).flatMap(({configMap, csi}) => [
      named("configMap", "ConfigMap", configMap?.name),
      named("csi", "SecretProviderClass", csi?.volumeAttributes?.secretProviderClass),
    ]),
  ],
};

interface Selector {
  readonly matchLabels?: Labels;
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
}

interface Spec {
  readonly selector?: Selector | Labels;
  readonly podSelector?: Selector;
  readonly ingress?: readonly {readonly from?: readonly Peer[]}[];
  readonly egress?: readonly {readonly to?: readonly Peer[]}[];
  readonly scaleTargetRef?: {readonly name: string};
  readonly template?: {
    readonly metadata?: {readonly labels?: Labels};
    readonly spec: {
      readonly serviceAccountName?: string;
      readonly volumes?: readonly {
        readonly configMap?: {readonly name: string};
        readonly csi?: {readonly volumeAttributes?: {readonly secretProviderClass?: string}};
      }[];
    };
  };
}

const pointersOf = ({type, inputs}: Resource) =>
  (pointers[type]?.(specOf(inputs)) ?? []).filter((pointer) => pointer !== undefined);

const specOf = (inputs: Inputs) => (inputs.spec ?? {}) as Spec;

const labelsOf = (selector: Selector | Labels | undefined) =>
  (selector as Selector | undefined)?.matchLabels;

/** A selector without labels is of every pod. */
function pods(path: string, labels: Labels | undefined): Pointer | undefined {
  if (!labels || Object.keys(labels).length === 0) return undefined;
  const says = `${JSON.stringify(labels)} matches no pod`;
  const to = ({inputs}: Resource) => {
    const {template} = specOf(inputs);
    return template !== undefined && selects(labels, template.metadata?.labels ?? {});
  };
  return {path, says, to};
}

function named(path: string, kind: string, name: string | undefined): Pointer | undefined {
  if (name === undefined) return undefined;
  const to = ({type, inputs}: Resource) =>
    type.endsWith(`:${kind}`) && (inputs.metadata as {name?: string})?.name === name;
  return {path, says: `${kind} "${name}" not found`, to};
}
