import {ofContainers, ofPods} from "./pod-specs.ts";
import {byType, type Demand, is, none, type ResourcePolicy} from "./policy.ts";

const STANDARD = "pod-security.kubernetes.io/enforce";

const namespaces = byType({
  "kubernetes:core/v1:Namespace": [
    {
      path: ["metadata", "labels", STANDARD],
      wants: '"restricted"',
      holds: (value) => value === "restricted",
    },
  ],
});

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const SECCOMP = ["RuntimeDefault", "Localhost"] as const;

const pods = ofPods([
  is("automountServiceAccountToken", false),
  is("securityContext.runAsNonRoot", true),
  is("securityContext.seccompProfile.type", ...SECCOMP),
  noRoot(),
  none("hostNetwork"),
  none("hostPID"),
  none("hostIPC"),
  none("volumes.*.hostPath"),
]);

/** What a container says of itself is put before what its pod says. */
const containers = ofContainers([
  orLeftOut(is("securityContext.runAsNonRoot", true)),
  orLeftOut(is("securityContext.seccompProfile.type", ...SECCOMP)),
  noRoot(),
  is("securityContext.allowPrivilegeEscalation", false),
  is("securityContext.readOnlyRootFilesystem", true),
  dropsAll(),
  none("securityContext.capabilities.add"),
  none("securityContext.privileged"),
  none("ports.*.hostPort"),
]);

/** A container that somebody got into leads nowhere. */
export const confinement: ResourcePolicy = {
  name: "confined-pods",
  why: "Whoever gets into a container is nobody there, can write nothing, and has no token for the cluster.",
  mend: "make the pod by podTemplate of infra/cluster/pod.ts; what has to write gets an emptyDir.",
  demandsOf: (type) => [...namespaces(type), ...pods(type), ...containers(type)],
};

function noRoot(): Demand {
  return {
    path: ["securityContext", "runAsUser"],
    wants: "left out, or another than 0",
    holds: (value) => value === undefined || (typeof value === "number" && value > 0),
  };
}

function orLeftOut(demand: Demand): Demand {
  return {
    ...demand,
    wants: `left out, or ${demand.wants}`,
    holds: (value, ...given) => value === undefined || demand.holds(value, ...given),
  };
}

function dropsAll(): Demand {
  return {
    path: ["securityContext", "capabilities", "drop"],
    wants: '["ALL"]',
    holds: (value) => Array.isArray(value) && value.includes("ALL"),
  };
}
