import assert from "node:assert/strict";
import {before, test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import type {Region, World} from "../../regions/world.ts";
import type {Inputs, Resource} from "../resource.ts";
import {runStacks, type Stack} from "./stacks.ts";

/** What every resource of the region has, and what is looked at elsewhere. */
const COMMON = ["resourceGroupName", "location", "tags"];

const [, home] = smallWorld.regions as [Region, Region];
const guarded: Region = {
  ...home,
  access: ["203.0.113.0/24"],
  restore: true,
  cores: 0.25,
  certificate: {name: "wildcard", issuer: "DigiCert"},
  cluster: {
    ...home.cluster,
    zones: [3, 1],
    system: {nodes: {min: 2, max: 4}, size: "Standard_D2ds_v5", zones: [2], disk: 64},
    tier: "free",
    admins: ["00000000-0000-4000-8000-0000000000ad"],
  },
  deployments: [
    ...home.deployments.slice(1),
    {
      name: "copilot-codex-provisionedmanaged",
      model: "copilot-codex",
      sku: "ProvisionedManaged",
      capacity: 50,
      share: 80,
    },
  ],
};
const world: World = {...smallWorld, regions: [guarded]};

let region: Stack;
before(async () => {
  const {stacks} = await runStacks(world, {stacks: ["westeurope"]});
  region = stacks[0]!;
});

function find(type: string, name: string): Resource {
  const found = region.resources.find((one) => one.type === type && one.name === name);
  assert.ok(found, `${type} ${name}`);
  return found;
}

const azure = (type: string, name: string): Inputs => {
  const {inputs} = find(`azure-native:${type}`, name);
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !COMMON.includes(key)));
};

const kubernetes = (type: string, name: string) =>
  find(`kubernetes:${type}`, name).inputs as {metadata: Inputs; spec: Inputs};

const id = (path: string) =>
  `/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/meridian-westeurope/providers/Microsoft.${path}`;

test("the network: nodes let users in, endpoints let nodes in", () => {
  const allow = {
    direction: "Inbound",
    access: "Allow",
    protocol: "Tcp",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: "443",
  };
  assert.deepEqual(azure("network:NetworkSecurityGroup", "nodes").securityRules, [
    {...allow, name: "users", priority: 100, sourceAddressPrefix: "Internet"},
  ]);
  assert.deepEqual(azure("network:NetworkSecurityGroup", "endpoints").securityRules, [
    {...allow, name: "nodes", priority: 100, sourceAddressPrefix: "10.0.0.0/17"},
    {
      ...allow,
      name: "others",
      priority: 4096,
      access: "Deny",
      protocol: "*",
      sourceAddressPrefix: "*",
      destinationPortRange: "*",
    },
  ]);
});

test("the account can be reached privately alone, and is taken back where it was deleted", () => {
  assert.deepEqual(azure("cognitiveservices:Account", "account"), {
    accountName: "meridian-westeurope-7d3b",
    kind: "OpenAI",
    sku: {name: "S0"},
    properties: {
      customSubDomainName: "meridian-westeurope-7d3b",
      disableLocalAuth: true,
      publicNetworkAccess: "Disabled",
      networkAcls: {defaultAction: "Deny"},
      restore: true,
    },
  });
});

test("provisioned capacity is protected, for it may not be had again", () => {
  const protectedOnes = region.resources.filter(({protect}) => protect).map(({name}) => name);
  assert.deepEqual(protectedOnes, ["copilot-codex-provisionedmanaged"]);
});

test("the vault is taken back, and admits the given addresses alone", () => {
  assert.deepEqual(azure("keyvault:Vault", "vault"), {
    vaultName: "meridian-westeurope-7d3b",
    properties: {
      tenantId: "00000000-0000-4000-8000-000000000002",
      sku: {family: "A", name: "standard"},
      createMode: "recover",
      enableRbacAuthorization: true,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 90,
      enablePurgeProtection: true,
      networkAcls: {
        bypass: "AzureServices",
        defaultAction: "Deny",
        ipRules: [{value: "203.0.113.0/24"}],
      },
      // What the SDK adds by itself.
      enabledForDeployment: false,
      enabledForDiskEncryption: false,
      enabledForTemplateDeployment: false,
      publicNetworkAccess: "enabled",
    },
  });
});

test("the cluster", () => {
  const subnet = `${id("Network/virtualNetworks/network")}/subnets/nodes`;
  const self = id("ManagedIdentity/userAssignedIdentities/cluster");
  const {agentPoolProfiles, ...cluster} = azure("containerservice:ManagedCluster", "cluster");
  assert.deepEqual(agentPoolProfiles, [
    {
      name: "system",
      mode: "System",
      type: "VirtualMachineScaleSets",
      osType: "Linux",
      osSKU: "AzureLinux",
      vmSize: "Standard_D2ds_v5",
      availabilityZones: ["2"],
      osDiskSizeGB: 64,
      vnetSubnetID: subnet,
      enableAutoScaling: true,
      count: 2,
      minCount: 2,
      maxCount: 4,
      upgradeSettings: {maxSurge: "33%", drainTimeoutInMinutes: 10},
      nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
      orchestratorVersion: "1.36",
      localDNSProfile: {mode: "Disabled"},
    },
  ]);
  assert.deepEqual(cluster, {
    resourceName: "meridian-westeurope",
    dnsPrefix: "meridian-westeurope",
    nodeResourceGroup: "meridian-westeurope-nodes",
    identity: {type: "UserAssigned", userAssignedIdentities: [self]},
    kubernetesVersion: "1.36",
    sku: {name: "Base", tier: "Free"},
    networkProfile: {
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      networkDataplane: "cilium",
      networkPolicy: "cilium",
      loadBalancerSku: "standard",
      outboundType: "loadBalancer",
      podCidr: "10.244.0.0/16",
      serviceCidr: "10.100.0.0/16",
      dnsServiceIP: "10.100.0.10",
    },
    apiServerAccessProfile: {authorizedIPRanges: ["203.0.113.0/24"]},
    aadProfile: {managed: true, enableAzureRBAC: true},
    disableLocalAccounts: true,
    oidcIssuerProfile: {enabled: true},
    securityProfile: {
      workloadIdentity: {enabled: true},
      imageCleaner: {enabled: true, intervalHours: 168},
    },
    addonProfiles: {
      azureKeyvaultSecretsProvider: {
        enabled: true,
        config: {enableSecretRotation: "true", rotationPollInterval: "2m"},
      },
      omsagent: {
        enabled: true,
        config: {
          logAnalyticsWorkspaceResourceID: id(
            "OperationalInsights/workspaces/meridian-logs",
          ).replace("meridian-westeurope", "meridian-global"),
          useAADAuth: "true",
        },
      },
    },
    azureMonitorProfile: {metrics: {enabled: true}},
    storageProfile: {
      blobCSIDriver: {enabled: false},
      diskCSIDriver: {enabled: false},
      fileCSIDriver: {enabled: false},
      snapshotController: {enabled: false},
    },
    autoUpgradeProfile: {upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage"},
  });
});

test("nodes are in the zones that are named, and the address in all", () => {
  assert.deepEqual(azure("containerservice:AgentPool", "users").availabilityZones, ["1", "3"]);
  assert.deepEqual(azure("network:PublicIPAddress", "address").zones, ["1", "2", "3"]);
});

test("a group of administrators has its role as a group", () => {
  const name = "admin-00000000-0000-4000-8000-0000000000ad";
  const {principalId, principalType, roleDefinitionId, scope} = azure(
    "authorization:RoleAssignment",
    name,
  );
  assert.deepEqual([principalId, principalType], [name.slice("admin-".length), "Group"]);
  assert.match(String(roleDefinitionId), /\/b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b$/);
  assert.equal(scope, id("ContainerService/managedClusters/meridian-westeurope"));
});

test("metrics and lines go to their workspaces", () => {
  const {dataSources, destinations, dataFlows} = azure("monitor:DataCollectionRule", "metrics");
  const streams = ["Microsoft-PrometheusMetrics"];
  assert.deepEqual(
    {dataSources, destinations, dataFlows},
    {
      dataSources: {prometheusForwarder: [{name: "prometheus", streams}]},
      destinations: {
        monitoringAccounts: [
          {
            name: "metrics",
            accountResourceId: id("Monitor/accounts/meridian-metrics").replace(
              "meridian-westeurope",
              "meridian-global",
            ),
          },
        ],
      },
      dataFlows: [{streams, destinations: ["metrics"]}],
    },
  );
  assert.deepEqual(kubernetes("azmonitoring.coreos.com/v1:PodMonitor", "proxy-metrics").spec, {
    selector: {matchLabels: {"app.kubernetes.io/name": "proxy"}},
    podMetricsEndpoints: [
      {
        port: "admin",
        path: "/metrics",
        interval: "30s",
        relabelings: [{action: "replace", targetLabel: "region", replacement: "westeurope"}],
      },
    ],
  });
});

test("only proxies reach private endpoints, only the edge reaches proxies, both the issuer", () => {
  const pods = (name: string) => ({podSelector: {matchLabels: {"app.kubernetes.io/name": name}}});
  const system = {namespaceSelector: {matchLabels: {"kubernetes.io/metadata.name": "kube-system"}}};
  const tcp = (port: number) => [{protocol: "TCP", port}];
  const names = {
    to: [
      {...system, podSelector: {matchLabels: {"k8s-app": "kube-dns"}}},
      {ipBlock: {cidr: "169.254.10.11/32"}},
    ],
    ports: [{protocol: "UDP", port: 53}, ...tcp(53)],
  };
  const collector = {...system, podSelector: {matchLabels: {rsName: "ama-metrics"}}};
  const specOf = (name: string) =>
    kubernetes("networking.k8s.io/v1:NetworkPolicy", name).spec as {
      ingress?: Inputs[];
      egress?: Inputs[];
    };
  assert.deepEqual(specOf("deny"), {podSelector: {}, policyTypes: ["Ingress", "Egress"]});
  assert.deepEqual(specOf("proxy").ingress, [
    {from: [pods("edge")], ports: tcp(8080)},
    {from: [collector], ports: tcp(9090)},
  ]);
  assert.deepEqual(specOf("proxy").egress, [
    names,
    {ports: tcp(443)},
    {to: [pods("issuer")], ports: tcp(8081)},
  ]);
  assert.deepEqual(specOf("issuer").ingress, [
    {from: [pods("edge"), pods("proxy")], ports: tcp(8081)},
  ]);
  assert.deepEqual(specOf("edge").egress, [
    names,
    {to: [pods("proxy")], ports: tcp(8080)},
    {to: [pods("issuer")], ports: tcp(8081)},
  ]);
  assert.deepEqual(specOf("issuer").egress, [
    names,
    {
      to: [
        {
          ipBlock: {
            cidr: "0.0.0.0/0",
            except: ["10.0.0.0/16", "10.244.0.0/16", "10.100.0.0/16"],
          },
        },
      ],
      ports: tcp(443),
    },
  ]);
});

test("every workload asks for names where they may be answered, by whichever of the two", () => {
  const policies = region.resources.filter(({type}) => type.endsWith(":NetworkPolicy"));
  const rules = policies
    .filter(({name}) => name !== "deny")
    .map(({inputs}) => {
      const {egress = []} = inputs.spec as {egress?: {to?: object[]; ports?: {port: number}[]}[]};
      return egress.filter(({ports = []}) => ports.some(({port}) => port === 53));
    });
  assert.equal(rules.length, 4);
  for (const [names, ...more] of rules) {
    assert.deepEqual(more, []);
    assert.deepEqual(
      names!.to!.map((one) => Object.keys(one)),
      [["namespaceSelector", "podSelector"], ["ipBlock"]],
    );
  }
});

test("a vote is the edge's to see: proxies are found whether ready or not, issuers when ready", () => {
  const published = ["proxy", "issuer"].map(
    (name) => kubernetes("core/v1:Service", name).spec.publishNotReadyAddresses,
  );
  assert.deepEqual(published, [true, false]);
});

test("an issued certificate is asked for once, by an identity that may do nothing else", () => {
  const {data} = find("kubernetes:core/v1:ConfigMap", "certificate").inputs as {
    data: {"policy.json": string};
  };
  assert.deepEqual(JSON.parse(data["policy.json"]), {
    issuerParameters: {name: "DigiCert"},
    keyProperties: {exportable: true, keyType: "RSA", keySize: 2048, reuseKey: false},
    secretProperties: {contentType: "application/x-pem-file"},
    x509CertificateProperties: {
      subject: "CN=completions.example.com",
      subjectAlternativeNames: {
        dnsNames: [
          "completions.example.com",
          "meridian-westeurope-5027.westeurope.cloudapp.azure.com",
        ],
      },
      ekus: ["1.3.6.1.5.5.7.3.1"],
      keyUsage: ["digitalSignature", "keyEncipherment"],
      validityInMonths: 12,
    },
    lifetimeActions: [{action: {actionType: "AutoRenew"}, trigger: {daysBeforeExpiry: 30}}],
  });
  const {scope, roleDefinitionId} = azure("authorization:RoleAssignment", "issue-certificate");
  assert.equal(scope, `${id("KeyVault/vaults/meridian-westeurope-7d3b")}/certificates/wildcard`);
  assert.match(String(roleDefinitionId), /\/a4417e6f-fecd-4de8-b567-7b0420556985$/);
  const {env, securityContext} = podOf("batch/v1:Job", "certificate").containers[0]!;
  assert.deepEqual(
    (env as {name: string; value: string}[]).filter(({name}) => !name.startsWith("AZURE_")),
    [
      {name: "VAULT", value: "meridian-westeurope-7d3b"},
      {name: "CERTIFICATE", value: "wildcard"},
      {name: "ISSUER", value: "DigiCert"},
      {name: "HOME", value: "/tmp"},
    ],
  );
  assert.deepEqual(securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: {drop: ["ALL"]},
  });
});

const podOf = (type: string, name: string) =>
  (kubernetes(type, name).spec.template as {spec: {containers: Inputs[]}}).spec;

test("the edge reads the certificate that regions.yaml names", () => {
  const type = "secrets-store.csi.x-k8s.io/v1:SecretProviderClass";
  const {parameters} = kubernetes(type, "edge").spec as {parameters: {objects: string}};
  assert.match(
    parameters.objects,
    /objectName: wildcard\n\s+objectType: secret\n\s+objectAlias: tls\.pem/,
  );
});

test("every resource says what region it belongs to: parents up to the stack", () => {
  const urns = new Set(region.resources.map(({urn}) => urn));
  const roots = region.resources.filter(({parent}) => !parent || !urns.has(parent));
  assert.deepEqual(
    roots.map(({type}) => type),
    ["pulumi:pulumi:Stack"],
  );
});

test("what is in a cluster goes to the region's own, not to whatever kubectl points at", () => {
  const provider = find("pulumi:providers:kubernetes", "kubernetes").urn;
  const objects = region.resources.filter(({type}) => type.startsWith("kubernetes:"));
  const strays = objects.filter((object) => object.provider !== provider);
  assert.ok(objects.length > 0);
  assert.deepEqual(
    strays.map(({urn}) => urn),
    [],
  );
});

test("every Azure resource says whether it goes before its successor comes", () => {
  const silent = region.resources.filter(
    ({type, deleteBeforeReplace}) =>
      type.startsWith("azure-native:") && deleteBeforeReplace === undefined,
  );
  assert.deepEqual(
    silent.map(({urn}) => urn),
    [],
  );
});
