import assert from "node:assert/strict";
import {test} from "node:test";
import {type Cloud, CloudError, createCloud} from "../cloud.ts";
import * as steps from "../orders.cases.ts";
import {inGroup, order} from "../orders.cases.ts";
import type {Inputs, Order} from "../resource.ts";

const orderOf = (short: string, inputs: Inputs) => order([short, inputs]);
const group = order(steps.group);
const vault = (properties: object) => order(steps.vault("vault", properties));
const secret = (secretName: string) => {
  const inVault = {resourceGroupName: "group", vaultName: "vault"};
  return orderOf("keyvault:Secret", {...inVault, secretName, properties: {value: "x"}});
};
const account = (properties?: object) => order(steps.account(properties));
const deployment = (name: string, capacity: number, model?: string) =>
  order(steps.deployment(name, {name: "Standard", capacity}, model));
const firewall = orderOf("network:NetworkSecurityGroup", {
  ...inGroup,
  networkSecurityGroupName: "nodes",
});
const nested = "Microsoft.Network/trafficManagerProfiles/nestedEndpoints";
const profile = (name: string, children: readonly string[]) => {
  const endpoints = children.map((targetResourceId, at) => ({
    name: `child${at}`,
    type: nested,
    targetResourceId,
  }));
  return order(steps.profile(name, "Weighted", endpoints));
};
const address = (zones: readonly string[]) =>
  orderOf("network:PublicIPAddress", {...inGroup, publicIpAddressName: "edge", zones});
const inline = (pool: object) => ({mode: "System", minCount: 1, maxCount: 3, count: 1, ...pool});
const cluster = (...pools: readonly object[]) =>
  orderOf("containerservice:ManagedCluster", {
    ...inGroup,
    resourceName: "cluster",
    agentPoolProfiles: pools.map(inline),
  });
const pool = (inputs: object) =>
  orderOf("containerservice:AgentPool", {
    resourceGroupName: "group",
    resourceName: "cluster",
    agentPoolName: "users",
    enableAutoScaling: true,
    ...{minCount: 3, count: 3, maxCount: 9},
    ...inputs,
  });
const system = {name: "system", vmSize: "D4"};

const network = orderOf("network:VirtualNetwork", {
  ...inGroup,
  virtualNetworkName: "network",
  addressSpace: {addressPrefixes: ["10.0.0.0/16"]},
  subnets: [{name: "endpoints", addressPrefix: "10.0.0.0/24"}],
});
const PROVIDERS =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers";
const endpoint = (name: string, to: string) =>
  orderOf("network:PrivateEndpoint", {
    ...inGroup,
    privateEndpointName: name,
    subnet: {id: `${PROVIDERS}/Microsoft.Network/virtualNetworks/network/subnets/endpoints`},
    privateLinkServiceConnections: [
      {
        name,
        groupIds: ["account"],
        privateLinkServiceId: `${PROVIDERS}/Microsoft.CognitiveServices/accounts/${to}`,
      },
    ],
  });

const namespace = order(steps.namespace);
const workload = (app: string, resources: object = {}) =>
  orderOf("kubernetes:apps/v1:Deployment", {
    metadata: {name: "proxy", namespace: "meridian"},
    spec: {
      selector: {matchLabels: {app}},
      template: {metadata: {labels: {app}}, spec: {containers: [{name: "proxy", resources}]}},
    },
  });

/** A cloud with these in it, and their ids. */
async function cloudWith(...orders: readonly Order[]) {
  const cloud = createCloud();
  const ids: string[] = [];
  for (const order of orders) ids.push((await cloud.write(order)).id);
  return {cloud, ids};
}

const change = (cloud: Cloud, id: string, order: Order) => cloud.write(order, cloud.find(id));

/** Requests, and what the cloud says to them. */
const refused: Record<string, {ask: () => Promise<unknown>; says: RegExp}> = {
  "a group with something in it is removed": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, firewall);
      await cloud.remove(ids[0]!);
    },
    says: /^ResourceGroupNotEmpty: Resource group 'group' holds 1 resources .*: networkSecurityGroups\/nodes\.$/,
  },
  "a security group that a network uses is removed": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, firewall);
      const subnets = [
        {name: "nodes", addressPrefix: "10.0.0.0/20", networkSecurityGroup: {id: ids[1]}},
      ];
      const addressSpace = {addressPrefixes: ["10.0.0.0/16"]};
      await cloud.write(
        orderOf("network:VirtualNetwork", {
          ...inGroup,
          virtualNetworkName: "network",
          addressSpace,
          subnets,
        }),
      );
      await cloud.remove(ids[1]!);
    },
    says: /^InUseNetworkSecurityGroupCannotBeDeleted: .* nodes cannot be deleted .*virtualNetworks\/network\.$/,
  },
  "a NAT gateway that nodes go out by is removed": {
    ask: async () => {
      const gateway = orderOf("network:NatGateway", {...inGroup, natGatewayName: "nat"});
      const {cloud, ids} = await cloudWith(group, gateway);
      const nodes = {name: "nodes", addressPrefix: "10.0.0.0/17", natGateway: {id: ids[1]}};
      await cloud.write(
        orderOf("network:VirtualNetwork", {
          ...inGroup,
          virtualNetworkName: "network",
          addressSpace: {addressPrefixes: ["10.0.0.0/16"]},
          subnets: [nodes],
        }),
      );
      await cloud.remove(ids[1]!);
    },
    says: /^CannotDeleteNatGatewayAssociatedToSubnet: .*natGateways\/nat is still configured on 1 subnets\./,
  },
  "an address at which a load balancer stands is removed": {
    ask: async () => {
      const address = orderOf("network:PublicIPAddress", {...inGroup, publicIpAddressName: "edge"});
      const annotations = {"service.beta.kubernetes.io/azure-pip-name": "edge"};
      const metadata = {name: "edge", namespace: "meridian", annotations};
      const service = orderOf("kubernetes:core/v1:Service", {
        metadata,
        spec: {ports: [{port: 443}]},
      });
      const {cloud, ids} = await cloudWith(group, address, namespace, service);
      await cloud.remove(ids[1]!);
    },
    says: /^PublicIPAddressCannotBeDeleted: .*publicIPAddresses\/edge can not be deleted since it is still allocated/,
  },
  "two deployments are written at once": {
    ask: async () => {
      const {cloud} = await cloudWith(group, account());
      await Promise.all([cloud.write(deployment("one", 1)), cloud.write(deployment("two", 1))]);
    },
    says: /^RequestConflict: Another operation is being performed on the parent resource '.*accounts\/host'/,
  },
  "two endpoints to an account are made at once": {
    ask: async () => {
      const {cloud} = await cloudWith(group, network, account());
      await Promise.all(["one", "two"].map((name) => cloud.write(endpoint(name, "host"))));
    },
    says: /^AccountProvisioningStateInvalid: .* Error message: Account .*accounts\/host in state Accepted$/,
  },
  "an endpoint is made while a deployment is": {
    ask: async () => {
      const {cloud} = await cloudWith(group, network, account());
      await Promise.all([cloud.write(deployment("one", 1)), cloud.write(endpoint("one", "host"))]);
    },
    says: /^AccountProvisioningStateInvalid: /,
  },
  "a deployment is made while an endpoint is": {
    ask: async () => {
      const {cloud} = await cloudWith(group, network, account());
      await Promise.all([cloud.write(endpoint("one", "host")), cloud.write(deployment("one", 1))]);
    },
    says: /^RequestConflict: /,
  },
  "an endpoint is removed while another is made": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, network, account(), endpoint("one", "host"));
      await Promise.all([cloud.remove(ids[3]!), cloud.write(endpoint("two", "host"))]);
    },
    says: /^AccountProvisioningStateInvalid: /,
  },
  "an account is made again without restoring it": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, account());
      await cloud.remove(ids[1]!);
      await cloud.write(account());
    },
    says: /^FlagMustBeSetForRestore: An existing resource with ID '.*accounts\/host' has been soft-deleted/,
  },
  "an account that never was is restored": {
    ask: () => cloudWith(group, account({restore: true})),
    says: /^CanNotRestoreANonExistingResource: /,
  },
  "a vault is made again without recovering it": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, vault({}));
      await cloud.remove(ids[1]!);
      await cloud.write(vault({}));
    },
    says: /^ConflictError: A vault with the same name already exists in deleted state/,
  },
  "a secret of a vault that is open to all is deleted": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, vault({}), secret("key"));
      await cloud.remove(ids[2]!);
    },
    says: /^Forbidden: Caller is not authorized .*secrets\/delete'.* ForbiddenByRbac$/,
  },
  "a secret of a vault that is closed is deleted": {
    ask: async () => {
      const closed = vault({networkAcls: {defaultAction: "Deny"}});
      const {cloud, ids} = await cloudWith(group, closed, secret("key"));
      await cloud.remove(ids[2]!);
    },
    says: /^Forbidden: Client address is not authorized .* ForbiddenByFirewall$/,
  },
  "a secret is made in a vault that has come back with one of its name": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, vault({}), secret("key"));
      await cloud.remove(ids[1]!);
      await cloud.write(vault({createMode: "recover"}));
      await cloud.write(secret("key"));
    },
    says: /^Conflict: .*vaults\/vault\/secrets\/key is already there/,
  },
  "a subdomain is changed": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, account());
      await change(cloud, ids[1]!, account({customSubDomainName: "other"}));
    },
    says: /^PropertyChangeNotAllowed: Changing property 'properties\.customSubDomainName' is not allowed\.$/,
  },
  "an address's zones are changed": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, address(["1", "2"]));
      await change(cloud, ids[1]!, address([]));
    },
    says: /^ResourceAvailabilityZonesCannotBeModified: .* constraint 1, 2 and the request has availability zone constraint NoZone, which do not match\./,
  },
  "a deployment is made one of another model": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, account(), deployment("one", 1));
      await change(cloud, ids[2]!, deployment("one", 1, "gpt-5"));
    },
    says: /^PropertyChangeNotAllowed: Changing property 'properties\.model\.name' is not allowed\.$/,
  },
  "the size of a pool that came with its cluster is changed": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, cluster(system));
      await change(cloud, ids[1]!, cluster({...system, vmSize: "D8"}));
    },
    says: /^PropertyChangeNotAllowed: Changing property 'agentPoolProfile\.vmSize' is not allowed\.$/,
  },
  "a cluster is given another pool": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, cluster(system));
      await change(cloud, ids[1]!, cluster({...system, name: "other"}));
    },
    says: /^BadRequest: A new agent pool was introduced\./,
  },
  "a pool's zones are changed": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(
        group,
        cluster(system),
        pool({availabilityZones: ["1"]}),
      );
      await change(cloud, ids[2]!, pool({availabilityZones: ["2"]}));
    },
    says: /^PropertyChangeNotAllowed: Changing property 'availabilityZones' is not allowed\.$/,
  },
  "a pool is made with more nodes than it may have": {
    ask: () => cloudWith(group, cluster(system), pool({count: 10})),
    says: /^InvalidParameter: The counts of agent pool 'users'/,
  },
  "a workload's selector is changed": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(namespace, workload("proxy"));
      await change(cloud, ids[1]!, workload("other"));
    },
    says: /^Deployment "proxy" is invalid: spec\.selector\.matchLabels\.app: Invalid value: "other": field is immutable$/,
  },
  "a container asks for more than its limit": {
    ask: () =>
      cloudWith(
        namespace,
        workload("proxy", {requests: {memory: "1Gi"}, limits: {memory: "512Mi"}}),
      ),
    says: /containers\[0\]\.resources\.requests: Invalid value: "1Gi": must be less than or equal to memory limit of 512Mi$/,
  },
  "a profile is nested in itself, by way of another": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, profile("a", []));
      const {id} = await cloud.write(profile("b", [ids[1]!]));
      await change(cloud, ids[1]!, profile("a", [id]));
    },
    says: /^BadRequest: the profile would be nested in itself\.$/,
  },
  "profiles are nested in eleven levels": {
    ask: async () => {
      const {cloud, ids} = await cloudWith(group, profile("p0", []));
      let below = ids[1]!;
      for (let level = 1; level <= 10; level++)
        below = (await cloud.write(profile(`p${level}`, [below]))).id;
    },
    says: /^BadRequest: profiles are nested in more than 10 levels\.$/,
  },
  "a name is too short": {
    ask: () =>
      cloudWith(
        group,
        orderOf("operationalinsights:Workspace", {...inGroup, workspaceName: "log"}),
      ),
    says: /^InvalidResourceName: Resource name 'log' is invalid: it is not 4 characters or more\.$/,
  },
};

for (const [what, {ask, says}] of Object.entries(refused))
  test(`refused: ${what}`, async () => {
    await assert.rejects(ask, (error) => error instanceof CloudError && says.test(error.message));
  });

test("what is refused changes nothing", async () => {
  const {cloud, ids} = await cloudWith(group, account());
  const before = structuredClone(cloud.resources);
  await assert.rejects(change(cloud, ids[1]!, account({customSubDomainName: "other"})));
  await assert.rejects(cloud.remove(ids[0]!));
  await assert.rejects(cloud.write(account()));
  assert.deepEqual(cloud.resources, before);
});

test("pools are given other nodes in place: how many, and of what taints", async () => {
  const {cloud, ids} = await cloudWith(group, cluster(system), pool({}));
  const taints = {...system, nodeTaints: ["a=b:NoSchedule"], minCount: 2};
  await change(cloud, ids[1]!, cluster(taints));
  await change(cloud, ids[2]!, pool({minCount: 5, maxCount: 20}));
  await change(cloud, ids[1]!, cluster({...taints, minCount: 1}));
  assert.equal(cloud.find(ids[2]!)?.inputs.minCount, 5);
});

test("a vault goes with its secrets, and comes back with them", async () => {
  const {cloud, ids} = await cloudWith(group, vault({}), secret("key"));
  await cloud.remove(ids[1]!);
  assert.deepEqual(
    cloud.resources.map(({id}) => id),
    [ids[0]],
  );
  await cloud.write(vault({createMode: "recover"}));
  assert.deepEqual(
    cloud.resources.map(({id}) => id),
    ids,
  );
});

test("what was removed comes back when it is asked for by the right word", async () => {
  const {cloud, ids} = await cloudWith(group, account(), vault({}));
  for (const id of ids.slice(1)) await cloud.remove(id);
  await cloud.write(account({restore: true}));
  await cloud.write(vault({createMode: "recover"}));
  assert.equal(cloud.resources.length, 3);
});

test("a change keeps its place, and its own quota is not counted twice", async () => {
  const cloud = createCloud({quota: () => 100});
  for (const step of [group, account(), deployment("one", 60)]) await cloud.write(step);
  const {id} = cloud.resources[2]!;
  await change(cloud, id, deployment("one", 100));
  assert.deepEqual(cloud.find(id)?.inputs.sku, {name: "Standard", capacity: 100});
  await assert.rejects(change(cloud, id, deployment("one", 101)), /InsufficientQuota/);
});
