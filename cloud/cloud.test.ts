import assert from "node:assert/strict";
import {test} from "node:test";
import {createCloud} from "./cloud.ts";
import {
  account,
  deployment,
  group,
  inGroup,
  namespace,
  order,
  profile,
  refuses,
  registry,
  type Step,
  vault,
} from "./orders.cases.ts";
import type {CloudOptions} from "./resource.ts";

const external = "Microsoft.Network/trafficManagerProfiles/externalEndpoints";
const inNamespace = (name: string) => ({metadata: {name, namespace: "meridian"}});
const workload = (spec: object, labels: object = {app: "proxy"}): Step => [
  "kubernetes:apps/v1:Deployment",
  {
    ...inNamespace("proxy"),
    spec: {selector: {matchLabels: {app: "proxy"}}, template: {metadata: {labels}, spec}},
  },
];

const cacheRule = (sourceRepository: string, targetRepository: string, name = "copies"): Step => [
  "containerregistry:CacheRule",
  {
    resourceGroupName: inGroup.resourceGroupName,
    registryName: "images",
    cacheRuleName: name,
    sourceRepository,
    targetRepository,
  },
];

const spilling = (name: string, sku: string, spilloverDeploymentName: string): Step =>
  deployment(name, {name: sku, capacity: 1}, "gpt-4o", "OpenAI", {spilloverDeploymentName});

/** Orders in their order, and everything that the cloud refuses. */
const cases: Record<
  string,
  {steps: readonly Step[]; says: readonly RegExp[]; options?: CloudOptions}
> = {
  "an ordinary group, account and deployment": {
    steps: [group, account(), deployment("codex", {name: "GlobalStandard", capacity: 10})],
    says: [],
  },
  "a group that is not there": {
    steps: [registry("Premium")],
    says: [/^ResourceGroupNotFound: Resource group 'group' could not be found\.$/],
  },
  "a part of what is not there": {
    steps: [group, deployment("codex", {name: "Standard", capacity: 1})],
    says: [/^ParentResourceNotFound: .*accounts\/host' could not be found\.$/],
  },
  "a required name that is missing": {
    steps: [group, ["keyvault:Vault", inGroup]],
    says: [/^missing required property "vaultName"$/],
  },
  "a vault's name that is too long": {
    steps: [group, vault("a-name-of-twenty-five-cha")],
    says: [/^VaultNameNotValid: .* must be between 3-24 alphanumeric/],
  },
  "a copy of Docker Hub's without an account there": {
    steps: [group, registry("Premium"), cacheRule("docker.io/envoyproxy/envoy", "envoy")],
    says: [/^CacheRuleInvalid: 'docker.io.*' supports authenticated pulls only/],
  },
  "two copies in one repository": {
    steps: [
      group,
      registry("Premium"),
      cacheRule("public.ecr.aws/docker/library/node", "copy"),
      cacheRule("quay.io/other/image", "copy", "second"),
    ],
    says: [/^CacheRuleConflict: Another cache rule has the target repository 'copy'\.$/],
  },
  "the same name twice in a group": {
    steps: [group, account(), account()],
    says: [/^Conflict: .*accounts\/host is already there/],
  },
  "a subdomain that another account has": {
    steps: [group, account(), account({}, "other")],
    says: [/^CustomDomainInUse: .* 'host' is not available as it's already used by a resource\.$/],
  },
  "a DNS label that another address has": {
    steps: [
      group,
      ...["one", "two"].map(
        (publicIpAddressName): Step => [
          "network:PublicIPAddress",
          {...inGroup, publicIpAddressName, dnsSettings: {domainNameLabel: "edge"}},
        ],
      ),
    ],
    says: [/^DnsRecordInUse: DNS record edge\.westeurope\.cloudapp\.azure\.com is already used/],
  },
  "a replication to the home region": {
    steps: [
      group,
      registry("Premium"),
      [
        "containerregistry:Replication",
        {...inGroup, registryName: "images", replicationName: "westeurope"},
      ],
    ],
    says: [/^InvalidReplicationLocation: .* 'westeurope' is the registry's home region/],
  },
  "a sku that there is not": {
    steps: [group, account(), deployment("codex", {name: "Premium", capacity: 1})],
    says: [/^InvalidResourceProperties: The specified SKU 'Premium' of account deployment/],
  },
  "a model of a partner's": {
    steps: [
      group,
      account(),
      deployment(
        "codestral",
        {name: "GlobalStandard", capacity: 1},
        "Codestral-2501",
        "Mistral AI",
      ),
    ],
    says: [
      /^DeploymentModelNotSupported: The model 'Format:Mistral AI,Name:Codestral-2501,Version:1' of account/,
    ],
  },
  "a data zone where there is none": {
    steps: [
      group,
      [account()[0], {...account()[1], location: "japaneast"}],
      deployment("luna", {name: "DataZoneStandard", capacity: 1}, "gpt-5.6-luna"),
    ],
    says: [
      /^InvalidResourceProperties: The specified SKU 'DataZoneStandard' for model 'gpt-5.6-luna 1' is not supported in this region 'japaneast'\.$/,
    ],
  },
  "units that spill to nothing, to a wider level, or that are none": {
    steps: [
      group,
      account(),
      deployment("global", {name: "GlobalStandard", capacity: 1}),
      spilling("nowhere", "GlobalProvisionedManaged", "other"),
      spilling("wider", "ProvisionedManaged", "global"),
      spilling("tokens", "Standard", "global"),
      spilling("units", "GlobalProvisionedManaged", "global"),
    ],
    says: [
      /^InvalidSpilloverDeployment: 'other' is no standard deployment of the same account/,
      /^InvalidSpilloverDeployment: 'global'/,
      /^InvalidSpilloverDeployment: 'global'/,
    ],
  },
  "a capacity of nothing": {
    steps: [group, account(), deployment("codex", {name: "Standard", capacity: 0})],
    says: [/^InvalidCapacity/],
  },
  "two deployments over the quota together": {
    steps: [
      group,
      account(),
      deployment("one", {name: "Standard", capacity: 60}),
      deployment("two", {name: "Standard", capacity: 60}),
      deployment("other", {name: "GlobalStandard", capacity: 60}),
    ],
    options: {
      quota: (location, model) => (`${location} ${model}` === "westeurope gpt-4o" ? 100 : 0),
    },
    says: [
      /^InsufficientQuota: This operation require 60 new capacity in quota .* bigger than the current available capacity 40\. The current quota usage is 60 and the quota limit is 100/,
    ],
  },
  "a geographic code on two endpoints": {
    steps: [
      group,
      profile("root", "Geographic", [
        {name: "a", type: external, target: "a.example.com", geoMapping: ["DE", "FR"]},
        {name: "b", type: external, target: "b.example.com", geoMapping: ["DE"]},
      ]),
    ],
    says: [/^BadRequest: The geographic region 'DE' is mapped to more than one endpoint/],
  },
  "a target twice, and weights and priorities out of range": {
    steps: [
      group,
      profile("pool", "Priority", [
        {name: "a", type: external, target: "a.example.com", weight: 0, priority: 1},
        {name: "b", type: external, target: "a.example.com", priority: 1},
        {name: "c", type: external, target: "c.example.com", priority: 1001},
      ]),
    ],
    says: [
      /target 'a\.example\.com' is used by more than one endpoint/,
      /priority 1 is used by more than one/,
      /endpoint 'a': the weight 0 is not from 1 to 1000/,
      /endpoint 'c': the priority 1001 is not from 1 to 1000/,
    ],
  },
  "a nested profile that is not there": {
    steps: [
      group,
      profile("root", "Priority", [
        {name: "a", type: external.replace("external", "nested"), targetResourceId: "/nowhere"},
      ]),
    ],
    says: [/the nested profile '\/nowhere' could not be found/],
  },
  "a profile's name that is not one": {
    steps: [group, profile("-root", "Weighted", [])],
    says: [/^BadRequest: The profile name '-root' is not valid/],
  },
  "a selector that does not match its template": {
    steps: [namespace, workload({containers: []}, {app: "other"})],
    says: [
      /^Deployment "proxy" is invalid: spec\.template\.metadata\.labels: Invalid value: \{"app":"other"\}: `selector` does not match template `labels`$/,
    ],
  },
  "a mount without its volume, a probe without its port": {
    steps: [
      namespace,
      workload({
        containers: [
          {
            name: "proxy",
            volumeMounts: [{name: "policy", mountPath: "/app"}],
            readinessProbe: {httpGet: {port: "admin"}},
          },
        ],
      }),
    ],
    says: [
      /containers\[0\]\.volumeMounts\[0\]\.name: Not found: "policy"$/,
      /containers\[0\]\.readinessProbe\.httpGet\.port: Not found: "admin"$/,
    ],
  },
  "a key of a ConfigMap with a slash": {
    steps: [
      namespace,
      ["kubernetes:core/v1:ConfigMap", {...inNamespace("policy"), data: {"a/b": ""}}],
    ],
    says: [/data\[a\/b\]: Invalid value: "a\/b": a valid config key must consist of/],
  },
  "a namespace that is not there": {
    steps: [["kubernetes:core/v1:ServiceAccount", inNamespace("proxy")]],
    says: [/^namespaces "meridian" not found$/],
  },
  "a type that the stand-in does not know": {
    steps: [["sql:Server", {}]],
    says: [
      /^UnknownType: the stand-in does not know azure-native:sql:Server; add it to cloud\/azure\/$/,
    ],
  },
};

for (const [name, {steps, says, options}] of Object.entries(cases))
  refuses(name, steps, says, options);

test("two resources of one URN are refused, as the engine does", () => {
  const cloud = createCloud();
  for (const name of ["one", "one"]) cloud.create(order(group, name));
  assert.match(cloud.refusals[0]!.reason, /^Duplicate resource URN 'urn:.*::one'; try giving it/);
});

test("an unknown function is an error that says where to add it", () => {
  const cloud = createCloud();
  const reason =
    "UnknownFunction: the stand-in does not know azure-native:sql:listKeys; add it to cloud/azure/";
  assert.throws(() => cloud.call("test", "azure-native:sql:listKeys", {}), {message: reason});
  assert.deepEqual(
    cloud.refusals.map(({reason}) => reason),
    [reason],
  );
});
