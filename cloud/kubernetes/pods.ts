import {posix} from "node:path";
import type {apps, core} from "@pulumi/kubernetes/types/output.js";
import {parse} from "yaml";
import type {Resource} from "../resource.ts";

/** A pod that a region's stack asks for, ready to be run as a process. */
export interface PodSpec {
  /** The Deployment's name and the pod's number: `proxy-1`. */
  readonly name: string;
  readonly workload: string;
  /** Among those of its workload, from 1. */
  readonly number: number;
  readonly labels: Labels;
  readonly address: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Contents, by path within the working directory. */
  readonly files: Readonly<Record<string, string>>;
  /** The same for files that only their owner may read. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly ready: {readonly path: string; readonly port: number};
  /** The preStop hook, which ends before the pod is told to stop. */
  readonly farewell: Farewell | undefined;
  readonly graceMs: number;
}

export type Farewell = {readonly path: string; readonly port: number} | {readonly sleepMs: number};

export interface ServiceSpec {
  readonly name: string;
  readonly selector: Labels;
  /** Whether its name resolves to pods that are not ready, too. */
  readonly unready: boolean;
  /** The name of the public IP address, if it is a load balancer. */
  readonly addressName: string | undefined;
  readonly ports: readonly {readonly port: number; readonly targetPort: number}[];
}

export type Labels = Readonly<Record<string, string>>;

/**
 * The pods of a region's Deployments. Each has an address of its own in place of a network namespace:
 * it is put wherever the template or a ConfigMap says `0.0.0.0`.
 */
export function podsOf({
  resources,
  replicas,
  addressOf,
  secretOf,
  assertionOf,
}: {
  resources: readonly Resource[];
  replicas: (workload: string) => number;
  /** The address of the region's nth pod, from 1. */
  addressOf: (index: number) => string;
  /** A secret or certificate of the region's vault, by name. */
  secretOf: (name: string) => string;
  /** The token of a service account that is projected into its pods. */
  assertionOf: (serviceAccount: string) => string;
}): PodSpec[] {
  const asked = of<apps.v1.Deployment>(resources, "kubernetes:apps/v1:Deployment").flatMap(
    (deployment) =>
      Array.from({length: replicas(deployment.metadata.name)}, (_, index) => ({deployment, index})),
  );
  return asked.map(({deployment, index}, count) => {
    const {labels} = deployment.spec.template.metadata;
    const {
      containers,
      volumes = [],
      terminationGracePeriodSeconds = 30,
      serviceAccountName = "default",
    } = deployment.spec.template.spec;
    const container = containers[0]!;
    const address = addressOf(count + 1);
    const here = (text: string) => text.replaceAll("0.0.0.0", address);
    const mounted = mountsOf(container, volumes);
    return {
      name: `${deployment.metadata.name}-${index + 1}`,
      workload: deployment.metadata.name,
      number: index + 1,
      labels,
      address,
      image: container.image,
      command: [...container.command, ...(container.args ?? [])].map(here),
      env: Object.fromEntries((container.env ?? []).map(({name, value}) => [name, here(value)])),
      files: mapValues(configFiles(mounted, resources), here),
      secrets: {
        ...secretFiles(mounted, resources, secretOf),
        ...tokenFiles(mounted, () => assertionOf(serviceAccountName)),
      },
      ready: pageOf(container.readinessProbe.httpGet, container),
      farewell: farewellOf(container),
      graceMs: terminationGracePeriodSeconds * 1000,
    };
  });
}

/** The Services of a region's cluster. */
export function servicesOf(resources: readonly Resource[]): ServiceSpec[] {
  return of<core.v1.Service>(resources, "kubernetes:core/v1:Service").map(({metadata, spec}) => ({
    name: metadata.name,
    selector: spec.selector,
    unready: spec.publishNotReadyAddresses ?? false,
    addressName: metadata.annotations?.["service.beta.kubernetes.io/azure-pip-name"],
    ports: spec.ports.map(({port, targetPort}) => ({port, targetPort: Number(targetPort)})),
  }));
}

export const isEdge = (image: string): boolean => image.includes("/meridian-edge:");
export const isModelServer = (image: string): boolean => image.includes("/meridian-vllm:");

export const selects = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/** The inputs of all resources of a type. */
export function of<Shape>(resources: readonly Resource[], type: string): Shape[] {
  return resources.filter((resource) => resource.type === type).map(({inputs}) => inputs as Shape);
}

type Mounted = readonly {readonly folder: string; readonly volume: core.v1.Volume}[];

function mountsOf(
  {workingDir, volumeMounts = []}: core.v1.Container,
  volumes: readonly core.v1.Volume[],
): Mounted {
  return volumeMounts.flatMap(({name, mountPath}) =>
    volumes
      .filter((volume) => volume.name === name)
      .map((volume) => ({folder: posix.relative(workingDir, mountPath), volume})),
  );
}

function configFiles(mounted: Mounted, resources: readonly Resource[]) {
  const maps = of<core.v1.ConfigMap>(resources, "kubernetes:core/v1:ConfigMap");
  return filesOf(
    mounted,
    ({configMap}) => maps.find(({metadata}) => metadata.name === configMap?.name)?.data,
  );
}

function secretFiles(
  mounted: Mounted,
  resources: readonly Resource[],
  secretOf: (name: string) => string,
) {
  interface SecretClass {
    readonly metadata: {readonly name: string};
    readonly spec: {readonly parameters: {readonly objects: string}};
  }
  const type = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass";
  const classes = of<SecretClass>(resources, type);
  return filesOf(mounted, ({csi}) => {
    const name = csi?.volumeAttributes.secretProviderClass;
    const found = classes.find(({metadata}) => metadata.name === name);
    return found && secretsOfClass(found.spec.parameters.objects, secretOf);
  });
}

/** Tokens of the pod's service account. */
const tokenFiles = (mounted: Mounted, assertion: () => string) =>
  filesOf(mounted, ({projected}) =>
    Object.fromEntries(
      (projected?.sources ?? []).flatMap(({serviceAccountToken: token}) =>
        token ? [[token.path, assertion()]] : [],
      ),
    ),
  );

function secretsOfClass(
  objects: string,
  secretOf: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(mountedSecrets(objects).map(({file, name}) => [file, secretOf(name)]));
}

/** The Azure provider's YAML: an array of texts, each of them an object in YAML. */
export function mountedSecrets(objects: string): {file: string; name: string}[] {
  const {array}: {array: string[]} = parse(objects);
  return array.map((text) => {
    const {objectName, objectAlias}: {objectName: string; objectAlias?: string} = parse(text);
    return {file: objectAlias ?? objectName, name: objectName};
  });
}

function filesOf(
  mounted: Mounted,
  read: (volume: core.v1.Volume) => Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const entries = mounted.flatMap(({folder, volume}) =>
    Object.entries(read(volume) ?? {}).map(([file, text]) => [posix.join(folder, file), text]),
  );
  return Object.fromEntries(entries);
}

function farewellOf(container: core.v1.Container): Farewell | undefined {
  const {httpGet, sleep} = container.lifecycle?.preStop ?? {};
  if (httpGet) return pageOf(httpGet, container);
  return sleep && {sleepMs: sleep.seconds * 1000};
}

function pageOf({path, port}: core.v1.HTTPGetAction, {ports}: core.v1.Container) {
  const named = ports.find(({name}) => name === port)?.containerPort;
  return {path, port: named ?? Number(port)};
}

function mapValues(record: Readonly<Record<string, string>>, change: (text: string) => string) {
  return Object.fromEntries(Object.entries(record).map(([key, text]) => [key, change(text)]));
}
