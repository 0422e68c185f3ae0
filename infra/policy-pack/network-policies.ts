import {podKinds} from "./pod-specs.ts";
import {
  byType,
  type Demand,
  partsOf,
  type ResourcePolicy,
  type StackPolicy,
  type Subject,
  textOf,
} from "./policy.ts";
import {valuesAt} from "./values.ts";

const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

/** What may be connected is said port by port. */
export const ports: ResourcePolicy = {
  name: "network-ports",
  why: "A network policy that names no port allows all of them, to whomever it is about.",
  mend: "write it with the rules of infra/cluster/network-rules.ts.",
  demandsOf: byType({[NETWORK_POLICY]: [named("ingress"), named("egress")]}),
};

function named(direction: string): Demand {
  return {
    path: ["spec", direction, "*", "ports"],
    wants: "the ports that are needed",
    holds: (value) => Array.isArray(value) && value.length > 0,
  };
}

/** Pods are where everything is denied that no network policy allows. */
export const denial: StackPolicy = {
  name: "denied-by-default",
  why: "A pod in a namespace where nothing is denied may connect to everything, and everything to it.",
  mend: "give the namespace a NetworkPolicy of all its pods, Ingress and Egress, without rules: denyByDefault of infra/cluster/cluster.ts.",
  faultsOf(subjects) {
    const denied = subjects.filter(deniesAll).map(namespaceOf);
    return subjects
      .filter(({type}) => podKinds.includes(type))
      .filter((subject) => !denied.includes(namespaceOf(subject)))
      .map((subject) => ({
        subject,
        text: `its namespace, ${namespaceOf(subject)}, has to be one where everything is denied first`,
      }));
  },
};

const namespaceOf = ({inputs}: Subject) =>
  textOf(valuesAt(inputs, ["metadata", "namespace"])[0]!.value ?? "default");

function deniesAll({type, inputs}: Subject): boolean {
  if (type !== NETWORK_POLICY) return false;
  const {podSelector = {}, policyTypes, ingress = [], egress = []} = partsOf(inputs.spec) as Spec;
  const isOfAll = Object.keys(podSelector).length === 0;
  const isBoth = ["Ingress", "Egress"].every((way) => policyTypes?.includes(way));
  return isOfAll && isBoth && ingress.length + egress.length === 0;
}

interface Spec {
  readonly podSelector?: object;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly object[];
  readonly egress?: readonly object[];
}
