import assert from "node:assert/strict";
import {test} from "node:test";
import {createCloud} from "../cloud.ts";
import {group, inGroup, order, refuses, type Step, within} from "../orders.cases.ts";
import {kindOf} from "../types.ts";

const inAccount = {...within, accountName: "weights0a"};
const inContainer = {...inAccount, containerName: "weights"};

const account = (inputs: object = {}): Step => [
  "storage:StorageAccount",
  {
    ...inGroup,
    ...{accountName: "weights0a", kind: "StorageV2", sku: {name: "Standard_ZRS"}},
    ...{allowBlobPublicAccess: false, ...inputs},
  },
];
const service = (days: number): Step => [
  "storage:BlobServiceProperties",
  {...inAccount, blobServicesName: "default", deleteRetentionPolicy: {enabled: true, days}},
];
const container = (inputs: object = {}): Step => [
  "storage:BlobContainer",
  {...inContainer, publicAccess: "None", ...inputs},
];
const policy = (days: number): Step => [
  "storage:BlobContainerImmutabilityPolicy",
  {
    ...inContainer,
    immutabilityPolicyName: "default",
    immutabilityPeriodSinceCreationInDays: days,
  },
];

const cases: Readonly<Record<string, [steps: readonly Step[], says: readonly RegExp[]]>> = {
  "an account with a container that nothing in changes": [
    [group, account(), service(30), container(), policy(146_000)],
    [],
  ],
  "an account with hyphens in its name": [
    [group, account({accountName: "my-weights"})],
    [/^AccountNameInvalid: my-weights is not a valid storage account name/],
  ],
  "two accounts of one name, in two groups": [
    [
      group,
      ["resources:ResourceGroup", {...inGroup, resourceGroupName: "other"}],
      account(),
      account({resourceGroupName: "other"}),
    ],
    [/^StorageAccountAlreadyTaken: The storage account named weights0a is already taken/],
  ],
  "a container with a hyphen too much": [
    [group, account(), container({containerName: "a--b"})],
    [/^InvalidResourceName: Resource name 'a--b' is invalid/],
  ],
  "a container that is open to all in an account that is not": [
    [group, account(), container({publicAccess: "Blob"})],
    [/^PublicAccessNotPermitted: /],
  ],
  "what is deleted kept for more than a year": [
    [group, account(), service(366)],
    [/^InvalidParameter: .*deleteRetentionPolicy.days is invalid: '366'/],
  ],
  "blobs kept for longer than Azure does, in a container that is not there": [
    [group, account(), policy(146_001)],
    [
      /^InvalidRequestPropertyValue: The value '146001'/,
      /^ContainerNotFound: The specified container 'weights' does not exist/,
    ],
  ],
};

for (const [name, [steps, says]] of Object.entries(cases)) refuses(name, steps, says);

test("what keeps blobs unchanged is neither changed nor removed by azure-native", async () => {
  const cloud = createCloud();
  for (const step of [group, account(), container(), policy(10)]) cloud.create(order(step));
  const kind = kindOf("azure-native:storage:BlobContainerImmutabilityPolicy")!;
  const [, olds] = policy(10);
  const changed = kind.frozen!(olds, {...olds, immutabilityPeriodSinceCreationInDays: 20});
  const without = /ContainerImmutabilityPolicyFailure: .* incorrect etag/;
  assert.deepEqual(
    changed.map(({path}) => path),
    ["immutabilityPeriodSinceCreationInDays"],
  );
  assert.match(changed[0]!.reason, without);
  const made = cloud.resources.find(({type}) => type.endsWith("ImmutabilityPolicy"))!;
  await assert.rejects(cloud.remove(made.id), without);
});

const spot = (inputs: object): Step => [
  "containerservice:AgentPool",
  {
    ...within,
    ...{resourceName: "cluster", agentPoolName: "gpus", mode: "User", count: 1},
    ...{vmSize: "Standard_NC24ads_A100_v4", scaleSetPriority: "Spot", ...inputs},
  },
];
const cluster: Step = [
  "containerservice:ManagedCluster",
  {
    ...inGroup,
    ...{resourceName: "cluster", dnsPrefix: "cluster", kubernetesVersion: "1.36"},
    agentPoolProfiles: [{name: "system", mode: "System", count: 1, vmSize: "Standard_D4ds_v5"}],
  },
];
const pools: Readonly<Record<string, [inputs: object, says: readonly RegExp[]]>> = {
  "as it may be": [{scaleSetEvictionPolicy: "Delete", spotMaxPrice: -1}, []],
  "that is the system's": [{mode: "System"}, [/^SpotPoolCannotBeSystemPool: /]],
  "at a price of nothing": [{spotMaxPrice: 0}, [/^MaxPriceValueInvalid: /]],
  "that is none, and says what is done on eviction": [
    {scaleSetPriority: "Regular", scaleSetEvictionPolicy: "Delete"},
    [/^EvictionPolicyCanBeSetOnlyOnAzureSpotVirtualMachines: /],
  ],
};

for (const [name, [inputs, says]] of Object.entries(pools))
  refuses(`a spot pool ${name}`, [group, cluster, spot(inputs)], says);
