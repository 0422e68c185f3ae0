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

const pods = ofPods([
  is("automountServiceAccountToken", false),
  is("securityContext.runAsNonRoot", true),
  is("securityContext.seccompProfile.type", "RuntimeDefault", "Localhost"),
  none("hostNetwork"),
  none("hostPID"),
  none("hostIPC"),
  none("volumes.*.hostPath"),
]);

const containers = ofContainers([
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

function dropsAll(): Demand {
  return {
    path: ["securityContext", "capabilities", "drop"],
    wants: '["ALL"]',
    holds: (value) => Array.isArray(value) && value.includes("ALL"),
  };
}
