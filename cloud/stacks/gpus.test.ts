import assert from "node:assert/strict";
import {before, describe, test} from "node:test";
import {gpuWorld} from "../../infra/gpus.ts";
import {IDLE_CONNECTION_S} from "../../proxy/policy.ts";
import type {Host, Region} from "../../regions/world.ts";
import {pendingPods} from "../kubernetes/pending-pods.ts";
import type {Inputs, Resource} from "../resource.ts";
import {runStacks, type Stack} from "./stacks.ts";

let both: Stack;
let alone: Stack;
before(async () => {
  const {stacks} = await runStacks(gpuWorld, {stacks: ["eastus2", "westeurope"]});
  [both, alone] = stacks as [Stack, Stack];
});

function find({resources}: Stack, type: string, name: string): Resource {
  const found = resources.find((one) => one.type.endsWith(`:${type}`) && one.name === name);
  assert.ok(found, `${type} ${name}`);
  return found;
}

interface Pod {
  readonly nodeSelector: Inputs;
  readonly tolerations: readonly Inputs[];
  readonly terminationGracePeriodSeconds: number;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
}

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly {readonly name: string; readonly value: string}[];
  readonly resources: Inputs;
  readonly lifecycle: {readonly preStop: {readonly sleep: {readonly seconds: number}}};
}

const specOf = (stack: Stack) =>
  find(stack, "Deployment", "gpu-coder").inputs.spec as {
    readonly replicas: number;
    readonly strategy: Inputs;
    readonly template: {readonly spec: Pod};
  };
const podOf = (stack: Stack) => specOf(stack).template.spec;
const serverOf = (stack: Stack) => podOf(stack).containers[0]!;
const envOf = ({env}: Container) => Object.fromEntries(env.map(({name, value}) => [name, value]));

describe("machines", () => {
  const madeOf = (stack: Stack) => {
    const {inputs} = find(stack, "AgentPool", "gpus-coder");
    const {vmSize, osSKU, gpuProfile, nodeTaints, nodeLabels, upgradeSettings} = inputs;
    const {minCount, maxCount, scaleSetPriority, spotMaxPrice, mode} = inputs;
    const of = {vmSize, osSKU, gpuProfile, mode, minCount, maxCount, nodeTaints, nodeLabels};
    return {...of, scaleSetPriority, spotMaxPrice, upgradeSettings};
  };
  const common = {
    osSKU: "Ubuntu",
    gpuProfile: {driver: "Install"},
    mode: "User",
    upgradeSettings: {maxSurge: "0", maxUnavailable: "1", drainTimeoutInMinutes: 10},
  };

  test("are kept for the model, with room for one more server while a release is brought out", () => {
    assert.deepEqual(madeOf(both), {
      ...common,
      vmSize: "Standard_NC24ads_A100_v4",
      minCount: 1,
      maxCount: 5,
      nodeTaints: ["sku=gpu:NoSchedule"],
      nodeLabels: {"meridian/model": "coder"},
      scaleSetPriority: undefined,
      spotMaxPrice: undefined,
    });
  });

  test("that Azure may take back say so, and are paid up to the usual price", () => {
    const spot = "kubernetes.azure.com/scalesetpriority";
    assert.deepEqual(madeOf(alone), {
      ...common,
      vmSize: "Standard_NV36ads_A10_v5",
      minCount: 2,
      maxCount: 3,
      nodeTaints: ["sku=gpu:NoSchedule", `${spot}=spot:NoSchedule`],
      nodeLabels: {"meridian/model": "coder", [spot]: "spot"},
      scaleSetPriority: "Spot",
      spotMaxPrice: -1,
    });
  });

  test("are where the pods go: no pod that asks for a GPU stays without a node", () => {
    const {resources} = alone;
    const without = (type: string) => resources.filter((one) => !one.type.endsWith(`:${type}`));
    const said = (of: readonly Resource[]) => pendingPods(of).map(({reason}) => reason);
    assert.deepEqual(said(resources), []);
    const none = "FailedScheduling: 0 nodes are available:";
    assert.deepEqual(said(without("DaemonSet")), [`${none} Insufficient nvidia.com/gpu.`]);
    const affinity = `${none} didn't match Pod's node affinity/selector.`;
    assert.deepEqual(said(without("AgentPool")), [affinity]);
    const changed = (inputs: Inputs) =>
      resources.map((one) =>
        one.name === "gpus-coder" ? {...one, inputs: {...one.inputs, ...inputs}} : one,
      );
    assert.deepEqual(said(changed({nodeLabels: {}})), [affinity]);
    assert.deepEqual(said(changed({vmSize: "Standard_D4ds_v5"})), [
      `${none} Insufficient nvidia.com/gpu.`,
    ]);
    assert.deepEqual(said(changed({nodeTaints: ["a=b:NoSchedule"]})), [
      `${none} had untolerated taints.`,
    ]);
  });
});

describe("a model's servers", () => {
  test("load the model's weights by an identity, and answer to its name by priority", () => {
    const {command, resources} = serverOf(both);
    assert.deepEqual(command, [
      ...["vllm", "serve", "az://weights/qwen-coder/7b"],
      ...["--max-num-seqs", "64", "--max-model-len", "8192", "--enforce-eager"],
      ...["--load-format", "runai_streamer", "--served-model-name", "qwen-coder"],
      ...["--scheduling-policy", "priority", "--shutdown-timeout", "30"],
      ...["--host", "0.0.0.0", "--port", "8000", "--disable-uvicorn-access-log"],
    ]);
    assert.deepEqual(resources, {
      requests: {cpu: "12", memory: "96Gi", "nvidia.com/gpu": "1"},
      limits: {memory: "96Gi", "nvidia.com/gpu": "1"},
    });
    const {AZURE_CLIENT_ID, AZURE_STORAGE_ACCOUNT_NAME, ...env} = envOf(serverOf(both));
    const {clientId, principalId} = find(both, "UserAssignedIdentity", "gpu-coder").outputs;
    const account = find(both, "StorageAccount", "weights");
    assert.deepEqual(
      [AZURE_CLIENT_ID, AZURE_STORAGE_ACCOUNT_NAME],
      [clientId, account.inputs.accountName],
    );
    assert.equal(env.HF_HUB_OFFLINE, "1");
    const granted = both.resources.filter(({inputs}) => inputs.principalId === principalId);
    assert.deepEqual(
      granted.map(({inputs}) => inputs.scope),
      [`${account.id}/blobServices/default/containers/weights`],
    );
  });

  test("keep a connection longer than proxies do, and end after what is under way has ended", () => {
    for (const stack of [both, alone]) {
      const {command, env, lifecycle} = serverOf(stack);
      const kept = env.find(({name}) => name === "VLLM_HTTP_TIMEOUT_KEEP_ALIVE");
      assert.ok(Number(kept?.value) > IDLE_CONNECTION_S);
      const drainS = Number(command[command.indexOf("--shutdown-timeout") + 1]);
      const {terminationGracePeriodSeconds: graceS} = podOf(stack);
      assert.ok(graceS > lifecycle.preStop.sleep.seconds + drainS);
    }
  });

  test("begin once the manifest of the weights is the reviewed one, for which no `up` waits", () => {
    const [{command, env}] = podOf(both).initContainers as [Container];
    assert.match(command[2]!, /^until signed_in && fetched; do$/m);
    const {MANIFEST, FOLDER, CONTAINER} = Object.fromEntries(
      env.map(({name, value}) => [name, value]),
    );
    const {weights} = gpuWorld.regions[0]!.replicas[0]!;
    assert.deepEqual(
      [MANIFEST, FOLDER, CONTAINER],
      [weights.manifest, weights.path, weights.container],
    );
    const {metadata} = find(both, "Deployment", "gpu-coder").inputs as {
      metadata: {annotations: Inputs};
    };
    assert.equal(metadata.annotations["pulumi.com/skipAwait"], "true");
  });

  test("are asked by proxies alone, and reach private endpoints and Entra alone", () => {
    const {ingress, egress} = find(both, "NetworkPolicy", "gpu-coder").inputs.spec as {
      ingress: readonly {from: readonly {podSelector: {matchLabels: Inputs}}[]; ports: Inputs[]}[];
      egress: readonly {to: readonly {ipBlock?: {cidr: string}}[]; ports: Inputs[]}[];
    };
    assert.deepEqual(
      ingress.map(({from, ports}) => [from.map((one) => one.podSelector.matchLabels), ports]),
      [
        [[{"app.kubernetes.io/name": "proxy"}], [{protocol: "TCP", port: 8000}]],
        [[{rsName: "ama-metrics"}], [{protocol: "TCP", port: 8000}]],
      ],
    );
    const [, out] = egress;
    assert.deepEqual(
      out!.to.map(({ipBlock}) => ipBlock?.cidr),
      ["10.0.128.0/25", "20.20.32.0/19", "20.190.128.0/18", "20.231.128.0/19", "40.126.0.0/18"],
    );
    assert.deepEqual(out!.ports, [{protocol: "TCP", port: 443}]);
    const proxy = find(both, "NetworkPolicy", "proxy").inputs.spec as {egress: readonly Inputs[]};
    assert.deepEqual(proxy.egress.at(-1), {
      to: [{podSelector: {matchLabels: {"app.kubernetes.io/name": "gpu-coder"}}}],
      ports: [{protocol: "TCP", port: 8000}],
    });
  });

  test("run what global built, by digest; a new release waits for a machine beside the old one", () => {
    assert.match(serverOf(both).image, /\/meridian-vllm:[\da-f]{12}@sha256:[\da-f]{64}$/);
    assert.deepEqual(specOf(both).strategy, {
      type: "RollingUpdate",
      rollingUpdate: {maxUnavailable: 0, maxSurge: 1},
    });
  });
});

describe("how many servers there are", () => {
  interface Scaling {
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly triggers: readonly {
      readonly metadata: Inputs;
      readonly authenticationRef: {readonly name: string};
    }[];
  }

  test("follows requests that wait, and those under way, by all regions' metrics and an identity", () => {
    const {minReplicaCount, maxReplicaCount, triggers} = find(
      both,
      "ScaledObject",
      "gpu-coder-scaling",
    ).inputs.spec as Scaling;
    assert.deepEqual([minReplicaCount, maxReplicaCount], [1, 4]);
    const labels = '{region="eastus2", model_name="qwen-coder"}';
    const waiting = `sum(vllm:num_requests_waiting${labels})`;
    assert.deepEqual(
      triggers.map(({metadata: {query, threshold}}) => [query, threshold]),
      [
        [waiting, "1"],
        [`sum(vllm:num_requests_running${labels}) + ${waiting}`, "32"],
      ],
    );
    const {principalId, clientId} = find(both, "UserAssignedIdentity", "scaler").outputs;
    const {podIdentity} = find(both, "TriggerAuthentication", "scaler").inputs.spec as {
      podIdentity: Inputs;
    };
    assert.equal(podIdentity.identityId, clientId);
    const {subject} = find(both, "FederatedIdentityCredential", "scaler").inputs;
    assert.equal(subject, "system:serviceaccount:kube-system:keda-operator");
    const granted = both.resources.filter(({inputs}) => inputs.principalId === principalId);
    assert.deepEqual(
      granted.map(({inputs}) => String(inputs.scope).split("/").slice(-2)),
      [["accounts", "meridian-metrics"]],
    );
    for (const {metadata} of triggers)
      assert.match(String(metadata.serverAddress), /^https:\/\/meridian-metrics-\w+\.eastus2\./);
  });

  test("is the add-on's of AKS to settle, which clusters without servers of their own do not have", async () => {
    const profileOf = ({resources}: Stack) =>
      resources.find(({type}) => type.endsWith(":ManagedCluster"))!.inputs
        .workloadAutoScalerProfile;
    assert.deepEqual(profileOf(both), {keda: {enabled: true}});
    const regions = gpuWorld.regions.map((region) => ({...region, replicas: []}));
    const {stacks} = await runStacks({...gpuWorld, regions}, {stacks: ["eastus2"]});
    assert.equal(profileOf(stacks[0]!), undefined);
  });
});

describe("weights", () => {
  test("are in an account without keys or a public address, and stay as they were put there", () => {
    const {inputs, protect} = find(both, "StorageAccount", "weights");
    const {allowSharedKeyAccess, publicNetworkAccess, allowBlobPublicAccess, sku} = inputs;
    assert.deepEqual(
      {allowSharedKeyAccess, publicNetworkAccess, allowBlobPublicAccess, sku, protect},
      {
        allowSharedKeyAccess: false,
        publicNetworkAccess: "Disabled",
        allowBlobPublicAccess: false,
        sku: {name: "Standard_ZRS"},
        protect: true,
      },
    );
    assert.equal(find(both, "BlobContainer", "weights").protect, true);
    const {immutabilityPeriodSinceCreationInDays: days} = find(
      both,
      "BlobContainerImmutabilityPolicy",
      "weights",
    ).inputs;
    assert.equal(days, 146_000);
    const endpoint = find(both, "PrivateEndpoint", "weights").inputs;
    assert.deepEqual(endpoint.privateLinkServiceConnections, [
      {
        name: "weights",
        privateLinkServiceId: find(both, "StorageAccount", "weights").id,
        groupIds: ["blob"],
      },
    ]);
  });

  test("of an account that is there get an endpoint and a role, and no account is made", () => {
    const {storage} = gpuWorld.regions[1]!.replicas[0]!.weights;
    assert.ok(!alone.resources.some(({type}) => type.includes(":storage:")));
    const [connection] = find(alone, "PrivateEndpoint", "weights-weights").inputs
      .privateLinkServiceConnections as [Inputs];
    assert.equal(connection.privateLinkServiceId, storage);
    const {scope} = find(alone, "RoleAssignment", "weights-gpu-coder").inputs;
    assert.equal(scope, `${storage}/blobServices/default/containers/weights`);
  });
});

describe("an account of Azure OpenAI", () => {
  const accountsOf = async (change: Partial<Region>) => {
    const [region] = gpuWorld.regions as [Region];
    const regions = [{...region, ...change}];
    const {stacks} = await runStacks({...gpuWorld, regions}, {stacks: ["eastus2"]});
    const made = stacks[0]!.resources.some(({type}) => type.endsWith(":Account"));
    const policy = JSON.parse(String(stacks[0]!.outputs.policy)) as {upstreams: Inputs};
    assert.equal("eastus2" in policy.upstreams, made);
    return made;
  };
  const host: Host = {
    name: "coder-1",
    model: "coder",
    url: "https://model.example.com",
    protocol: "h2",
    key: undefined,
    share: 100,
  };

  test("is not there where servers are all that a region has, and there wherever it was", async () => {
    assert.equal(await accountsOf({deployments: []}), false);
    assert.equal(await accountsOf({}), true);
    assert.equal(await accountsOf({deployments: [], hosts: [host]}), true);
    assert.equal(await accountsOf({deployments: [], hosts: [host], replicas: []}), true);
  });
});
