import type {core} from "@pulumi/kubernetes/types/input.js";
import {all, type Input} from "@pulumi/pulumi";
import {shortHash} from "../../regions/names.ts";
import type {Region} from "../../regions/world.ts";
import {TOKEN_AUDIENCE} from "./workload-identity.ts";

/** A workload's pods: what they run, mount and expose. Paths are relative to `workingDir`. */
export interface Pod {
  readonly image: Input<string>;
  readonly workingDir: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Port numbers by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** The ConfigMap that is mounted. */
  readonly files: Files;
  /** Maps file names in `secrets/` to names of secrets in the vault. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Whether it gets Entra tokens for its own identity. */
  readonly entra?: boolean;
  readonly probe: {readonly port: string; readonly ready: string; readonly live: string};
  readonly cpu: string;
  /** Request and limit: memory cannot be reclaimed from a pod. */
  readonly memory: string;
  /** Seconds from SIGTERM, or the start of the preStop hook, to SIGKILL. */
  readonly graceS: number;
  /** Runs before SIGTERM is sent, for programs that cannot drain by themselves. */
  readonly preStop?:
    | {readonly httpGet: {readonly port: string; readonly path: string}}
    | {readonly sleep: {readonly seconds: number}};
}

export interface Files {
  readonly name: string;
  readonly folder: string;
  readonly data: Readonly<Record<string, Input<string>>>;
  /** Whether a change restarts the pods; if not, they watch the files. */
  readonly rolls: boolean;
}

export const labelsOf = (name: string) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": "meridian",
});

/** Selects a workload's pods. A selector can never change. */
export const selectorOf = (name: string) => ({"app.kubernetes.io/name": name});

/** As a Kubernetes quantity: `250m`. */
export const cpuOf = (cores: number) =>
  Number.isInteger(cores) ? `${cores}` : `${Math.round(cores * 1000)}m`;

/** The identity of a workload's pods in Entra. */
export interface Identity {
  readonly clientId: Input<string>;
  readonly tenantId: Input<string>;
  /** The host of its cloud where it signs in. */
  readonly login: string;
}

/** The pod template of a workload. It meets the restricted pod security standard. */
export function podTemplate(
  name: string,
  pod: Pod,
  {region, self}: {region: Region; self: Identity},
): core.v1.PodTemplateSpec {
  return {
    metadata: {labels: labelsOf(name), annotations: annotations(pod)},
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: pod.graceS,
      securityContext: nobody(region),
      topologySpreadConstraints: spread(name),
      containers: [container(name, pod, self)],
      volumes: mounted(name, pod).map(({volume}) => volume),
    },
  };
}

const NOBODY = 65532;

/**
 * The image's user. Azure Policy's restricted standard refuses pods that leave out a group, which Kubernetes' own
 * standard does not ask for: https://github.com/emberstack/kubernetes-reflector/issues/336
 */
export const nobody = ({cluster}: Region): core.v1.PodSecurityContext => ({
  runAsNonRoot: true,
  runAsUser: NOBODY,
  runAsGroup: NOBODY,
  ...(cluster.azurePolicy && {fsGroup: NOBODY, supplementalGroups: [NOBODY]}),
  seccompProfile: {type: "RuntimeDefault"},
});

export const confined: core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: {drop: ["ALL"]},
};

function container(name: string, pod: Pod, self: Identity): core.v1.Container {
  const {image, workingDir, command, args, ports} = pod;
  const env = {...pod.env, ...(pod.entra && identityEnvironment(self))};
  return {
    name,
    image,
    workingDir,
    command: [...command],
    ...(args && {args: [...args]}),
    env: Object.entries(env).map(([name, value]) => ({name, value})),
    ports: Object.entries(ports).map(([name, containerPort]) => ({name, containerPort})),
    resources: {
      requests: {cpu: pod.cpu, memory: pod.memory},
      limits: {memory: pod.memory},
    },
    volumeMounts: mounted(name, pod).map(({folder, volume}) => ({
      name: volume.name,
      mountPath: `${workingDir}/${folder}`,
      readOnly: true,
    })),
    ...probes(pod),
    ...(pod.preStop && {lifecycle: {preStop: pod.preStop}}),
    securityContext: confined,
  };
}

function probes({probe: {port, ready, live}}: Pod) {
  const get = (path: string) => ({httpGet: {path, port}});
  return {
    readinessProbe: {...get(ready), periodSeconds: 2, failureThreshold: 2},
    livenessProbe: {...get(live), periodSeconds: 10, failureThreshold: 3},
  };
}

/** AKS's webhook would set these; set here, the template is complete. */
export const identityEnvironment = ({clientId, tenantId, login}: Identity) => ({
  AZURE_CLIENT_ID: clientId,
  AZURE_TENANT_ID: tenantId,
  AZURE_AUTHORITY_HOST: `https://${login}/`,
  AZURE_FEDERATED_TOKEN_FILE: "identity/token",
});

interface Mounted {
  readonly folder: string;
  readonly volume: core.v1.Volume & {readonly name: string};
}

function mounted(name: string, {files, secrets, entra}: Pod): Mounted[] {
  return [
    {folder: files.folder, volume: {name: "files", configMap: {name: files.name}}},
    ...(Object.keys(secrets).length > 0 ? [secretsOf(name)] : []),
    ...(entra ? [identityToken] : []),
  ];
}

/** The class has the workload's name; see Access. */
const secretsOf = (name: string): Mounted => ({
  folder: "secrets",
  volume: {
    name: "secrets",
    csi: {
      driver: "secrets-store.csi.k8s.io",
      readOnly: true,
      volumeAttributes: {secretProviderClass: name},
    },
  },
});

/** Kubernetes renews it after four fifths of its hour. */
export const identityToken: Mounted = {
  folder: "identity",
  volume: {
    name: "identity",
    projected: {
      sources: [
        {
          serviceAccountToken: {
            path: "token",
            audience: TOKEN_AUDIENCE,
            expirationSeconds: 3600,
          },
        },
      ],
    },
  },
};

/**
 * Spreads pods over zones, then over nodes, counting each release by itself. Only a preference: when a zone is
 * lost or a node is drained, pods go wherever there is room.
 */
export const spread = (name: string): core.v1.TopologySpreadConstraint[] =>
  ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: {matchLabels: selectorOf(name)},
    matchLabelKeys: ["pod-template-hash"],
  }));

/** A hash of the files that are read only at start, so that a change to them restarts the pods. */
function annotations({files}: Pod): Record<string, Input<string>> {
  if (!files.rolls) return {};
  return {"meridian/files": all(files.data).apply((data) => shortHash(JSON.stringify(data), 12))};
}
