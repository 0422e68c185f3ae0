import assert from "node:assert/strict";
import {test} from "node:test";
import type {core} from "@pulumi/kubernetes/types/input.js";
import {fullWorld} from "../../infra/fixture.ts";
import type {Region} from "../../regions/world.ts";
import {aks} from "../azure/aks.ts";
import type {Inputs, Resource, View} from "../resource.ts";
import {runStacks} from "./stacks.ts";

const [home] = fullWorld.regions as [Region];

/** What a region's stack asks for where its cluster says these things. */
async function resourcesOf(cluster: Partial<Region["cluster"]>): Promise<readonly Resource[]> {
  const regions = [{...home, cluster: {...home.cluster, ...cluster}}];
  const {stacks} = await runStacks({...fullWorld, regions}, {stacks: ["eastus2"]});
  return stacks[0]!.resources;
}

const clusterIn = (resources: readonly Resource[]): Inputs =>
  resources.find(({type}) => type.endsWith(":ManagedCluster"))!.inputs;

type Pod = core.v1.PodSpec & {containers: readonly core.v1.Container[]};

/** Each pod that a stack has run, by the workload that makes it. */
function podsIn(resources: readonly Resource[]): [workload: string, pod: Pod][] {
  return resources.flatMap(({type, name, inputs}) => {
    const {template} = (inputs.spec ?? {}) as {template?: {spec?: Pod}};
    return type.startsWith("kubernetes:") && template?.spec ? [[name, template.spec]] : [];
  });
}

const VOLUMES = [
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"],
  ...["persistentVolumeClaim", "projected", "secret"],
];

const inGroups = (group: unknown) => Number(group) >= 1 && Number(group) <= 65_535;

/**
 * What the built-in initiative "Kubernetes cluster pod security restricted standards for Linux-based workloads" says
 * of a pod, by its parameters at 2.5.0; a group that is left out is a violation.
 * https://github.com/Azure/azure-policy/blob/master/built-in-policies/policySetDefinitions/Kubernetes/Kubernetes_PSPRestrictedStandard.json
 */
function violations({containers, volumes = [], ...pod}: Pod): string[] {
  const own = (pod.securityContext ?? {}) as core.v1.PodSecurityContext;
  const groups = [own.supplementalGroups ?? []].flat() as unknown[];
  const rules: Record<string, unknown> = {
    BlockUsingHostNetwork: !pod.hostNetwork,
    BlockUsingHostProcessIDAndIPC: !pod.hostPID && !pod.hostIPC,
    AllowedVolumeTypes: (volumes as object[]).every((volume) =>
      Object.keys(volume).every((key) => key === "name" || VOLUMES.includes(key)),
    ),
    "AllowedUsersGroups runAsUser": own.runAsNonRoot && own.runAsUser !== 0,
    "AllowedUsersGroups runAsGroup": inGroups(own.runAsGroup),
    "AllowedUsersGroups supplementalGroups": groups.length > 0 && groups.every(inGroups),
    "AllowedUsersGroups fsGroup": inGroups(own.fsGroup),
    AllowedSeccompProfiles: (own.seccompProfile as {type: string})?.type === "RuntimeDefault",
    ...Object.fromEntries(containers.flatMap(containerRules)),
  };
  return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [rule]));
}

function containerRules({name, ports = [], securityContext = {}}: core.v1.Container) {
  const {privileged, allowPrivilegeEscalation, capabilities} =
    securityContext as core.v1.SecurityContext;
  return [
    [`${name} NoPrivilegedContainers`, !privileged],
    [`${name} NoPrivilegeEscalation`, allowPrivilegeEscalation === false],
    [
      `${name} BlockUsingHostNetwork`,
      (ports as {hostPort?: number}[]).every((one) => !one.hostPort),
    ],
    [`${name} ContainerCapabilities`, !(capabilities as core.v1.Capabilities)?.add],
  ] as const;
}

test("every pod passes Azure Policy's restricted standard where its add-on runs, without an exclusion", async () => {
  const pods = podsIn(await resourcesOf({azurePolicy: true}));
  assert.deepEqual(pods.map(([name]) => name).sort(), ["certificate", "edge", "issuer", "proxy"]);
  for (const [name, pod] of pods) assert.deepEqual(violations(pod), [], name);
});

test("what it asks for beyond Kubernetes' own restricted standard are two groups", async () => {
  const [[, pod]] = podsIn(await resourcesOf({})) as [[string, Pod]];
  assert.deepEqual(violations(pod), [
    "AllowedUsersGroups supplementalGroups",
    "AllowedUsersGroups fsGroup",
  ]);
});

test("a cluster has Azure Policy's add-on and Defender's sensor where it is told so, and not otherwise", async () => {
  const parts = ({addonProfiles, securityProfile}: Inputs) => [
    (addonProfiles as Inputs).azurepolicy,
    (securityProfile as Inputs).defender,
  ];
  const guarded = clusterIn(await resourcesOf({azurePolicy: true, defender: true}));
  const {azureKeyvaultSecretsProvider, omsagent} = guarded.addonProfiles as Inputs;
  assert.ok(azureKeyvaultSecretsProvider);
  assert.deepEqual(parts(guarded), [
    {enabled: true},
    {
      logAnalyticsWorkspaceResourceId: (omsagent as {config: Inputs}).config
        .logAnalyticsWorkspaceResourceID,
      securityMonitoring: {enabled: true},
    },
  ]);
  assert.deepEqual(parts(clusterIn(await resourcesOf({}))), [undefined, undefined]);
});

test("AKS keeps what it is not told of, so that what is switched off in regions.yaml is told to be off", async () => {
  const off = {azurePolicy: false, defender: false};
  const {addonProfiles, securityProfile} = clusterIn(await resourcesOf(off));
  assert.deepEqual((addonProfiles as Inputs).azurepolicy, {enabled: false});
  assert.deepEqual((securityProfile as Inputs).defender, {securityMonitoring: {enabled: false}});
});

test("refused: Defender without a workspace, or with one that is not there", async () => {
  const [, kind] = aks.find(([type]) => type.endsWith(":ManagedCluster"))!;
  const inputs = clusterIn(await resourcesOf({defender: true}));
  const view = {
    id: "",
    options: {},
    all: () => [],
    inside: () => [],
    find: () => undefined,
  } as unknown as View;
  for (const id of [undefined, "/subscriptions/s/workspaces/gone"]) {
    const defender = {logAnalyticsWorkspaceResourceId: id, securityMonitoring: {enabled: true}};
    const said = kind.check({...inputs, securityProfile: {defender}}, view).join("\n");
    assert.match(said, new RegExp(`InvalidDefenderWorkspace: .*'${id}' was not found`));
  }
});
