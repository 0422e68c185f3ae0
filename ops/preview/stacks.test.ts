import assert from "node:assert/strict";
import {before, test} from "node:test";
import {createCloud} from "../../cloud/cloud.ts";
import type {Inputs, Resource} from "../../cloud/resource.ts";
import {type Built, runStacks, type Stack} from "../../cloud/stacks/stacks.ts";
import {runbooks} from "../../infra/alerts/runbook.ts";
import {stackNames} from "../../infra/azure/names.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {bundle} from "../../infra/image/bundle.ts";
import {proxyContext} from "../../infra/image/context.ts";
import type {World} from "../../regions/world.ts";
import {MASK, maskedStack} from "./mask.ts";
import {treeOf} from "./resource-tree.ts";

let built: Built;
before(async () => {
  built = await runStacks(smallWorld);
});

const stack = (name: string): Stack => built.stacks.find((stack) => stack.name === name)!;

const find = (of: Stack, type: string, name: string): Resource => {
  const found = of.resources.find((resource) => resource.type === type && resource.name === name);
  assert.ok(found, `${type} ${name} in ${of.name}`);
  return found;
};

const azure = (name: string, type: string, resource: string) =>
  find(stack(name), `azure-native:${type}`, resource).inputs;

const kubernetes = (type: string, name: string) =>
  find(stack("westeurope"), `kubernetes:${type}`, name).inputs as {metadata: Inputs; spec: Spec};

/** The parts of specs that tests look at. */
interface Spec extends Inputs {
  template: {spec: {containers: Inputs[]; volumes: Inputs[]}};
}

/** How many of each type there are, components aside. */
function tally({resources}: Stack): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const {type} of resources)
    if (!/^(meridian|pulumi):/.test(type)) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

test("every stack is built, in order, regions alike", () => {
  assert.deepEqual(
    built.stacks.map(({name}) => name),
    ["global", "eastus2", "westeurope", "fallback", "dns"],
  );
  assert.deepEqual(tally(stack("eastus2")), tally(stack("westeurope")));
});

test("what global makes", () => {
  assert.deepEqual(tally(stack("global")), {
    "azure-native:resources:ResourceGroup": 1,
    "azure-native:dns:Zone": 1,
    "azure-native:operationalinsights:Workspace": 1,
    "azure-native:monitor:AzureMonitorWorkspace": 1,
    "azure-native:alertsmanagement:PrometheusRuleGroup": 2,
    "azure-native:keyvault:Vault": 1,
    "azure-native:keyvault:Secret": 1,
    "azure-native:containerregistry:Registry": 1,
    "azure-native:containerregistry:Replication": 1,
    "azure-native:containerregistry:CacheRule": 2,
    "azure-native:containerregistry:TaskRun": 3,
  });
});

test("what a region makes", () => {
  assert.deepEqual(tally(stack("westeurope")), {
    "azure-native:resources:ResourceGroup": 1,
    "azure-native:network:NetworkSecurityGroup": 2,
    "azure-native:network:VirtualNetwork": 1,
    "azure-native:network:PrivateEndpoint": 3,
    "azure-native:network:PrivateDnsZoneGroup": 3,
    "azure-native:privatedns:PrivateZone": 3,
    "azure-native:privatedns:VirtualNetworkLink": 3,
    "azure-native:network:PublicIPAddress": 1,
    "azure-native:cognitiveservices:Account": 1,
    "azure-native:cognitiveservices:Deployment": 2,
    "azure-native:keyvault:Vault": 1,
    "azure-native:keyvault:Secret": 2,
    "azure-native:containerservice:ManagedCluster": 1,
    "azure-native:containerservice:AgentPool": 1,
    "azure-native:containerservice:MaintenanceConfiguration": 2,
    "azure-native:monitor:DataCollectionEndpoint": 1,
    "azure-native:monitor:DataCollectionRule": 2,
    "azure-native:monitor:DataCollectionRuleAssociation": 2,
    "azure-native:monitor:DiagnosticSetting": 1,
    "azure-native:alertsmanagement:PrometheusRuleGroup": 2,
    "azure-native:managedidentity:UserAssignedIdentity": 5,
    "azure-native:managedidentity:FederatedIdentityCredential": 4,
    "azure-native:authorization:RoleAssignment": 9,
    "kubernetes:core/v1:Namespace": 1,
    "kubernetes:core/v1:ConfigMap": 4,
    "kubernetes:core/v1:Service": 3,
    "kubernetes:core/v1:ServiceAccount": 4,
    "kubernetes:apps/v1:Deployment": 3,
    "kubernetes:batch/v1:Job": 1,
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": 3,
    "kubernetes:policy/v1:PodDisruptionBudget": 3,
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": 5,
    "kubernetes:azmonitoring.coreos.com/v1:PodMonitor": 2,
    "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass": 2,
  });
});

test("what dns makes: a profile for each rule, nested by id under the root", () => {
  const {resources, outputs} = stack("dns");
  const profiles = resources.filter(({type}) => type.endsWith(":Profile"));
  assert.deepEqual(tally(stack("dns")), {
    "azure-native:resources:ResourceGroup": 1,
    "azure-native:trafficmanager:Profile": profiles.length,
    "azure-native:dns:RecordSet": 1,
  });
  const idOf = (name: string) => find(stack("dns"), profiles[0]!.type, name).id;
  const endpoints = (name: string) =>
    azure("dns", "trafficmanager:Profile", name).endpoints as Inputs[];
  assert.deepEqual(
    endpoints("meridian-rule-westeurope-5027"),
    ["westeurope", "eastus2"].map((name, at) => ({
      name,
      type: "Microsoft.Network/trafficManagerProfiles/externalEndpoints",
      target: `meridian-${name}-5027.${name}.cloudapp.azure.com`,
      priority: at + 1,
    })),
  );
  assert.deepEqual(
    endpoints("meridian-5027").map(({name, type, targetResourceId, minChildEndpoints}) => ({
      name,
      type,
      targetResourceId,
      minChildEndpoints,
    })),
    ["eastus2", "westeurope"].map((name) => ({
      name,
      type: "Microsoft.Network/trafficManagerProfiles/nestedEndpoints",
      targetResourceId: idOf(`meridian-rule-${name}-5027`),
      minChildEndpoints: 1,
    })),
  );
  const {recordType, zoneName, relativeRecordSetName, ttl, cnameRecord} = azure(
    "dns",
    "dns:RecordSet",
    "record",
  );
  assert.deepEqual(
    {recordType, zoneName, relativeRecordSetName, ttl, cnameRecord},
    {
      recordType: "CNAME",
      zoneName: "example.com",
      relativeRecordSetName: "completions",
      ttl: 30,
      cnameRecord: {cname: "meridian-5027.trafficmanager.net"},
    },
  );
  assert.equal(outputs.target, "meridian-5027.trafficmanager.net");
});

test("a region's alerts look at the workspace of all, and tell whom regions.yaml names", async () => {
  const oncall =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/actionGroups/oncall";
  const alerts = {notify: [oncall], runbooks: "https://wiki.example.com/runbooks"};
  const told = {...smallWorld, service: {...smallWorld.service, alerts}};
  const {stacks} = await runStacks(told, {stacks: ["westeurope"]});
  const type = "azure-native:alertsmanagement:PrometheusRuleGroup";
  const {rules, ...group} = find(stacks[0]!, type, "meridian-westeurope").inputs;
  const metrics = find(stack("global"), "azure-native:monitor:AzureMonitorWorkspace", "metrics");
  assert.deepEqual(
    {...group, tags: undefined},
    {
      resourceGroupName: "meridian-westeurope",
      location: "eastus2",
      tags: undefined,
      ruleGroupName: "meridian-westeurope",
      scopes: [metrics.id],
      interval: "PT1M",
    },
  );
  const isOut = ({alert}: Inputs) => alert === "RegionOut";
  assert.deepEqual((rules as Inputs[]).find(isOut), {
    alert: "RegionOut",
    expression: 'region:meridian_in:bool{region="westeurope"} == 0',
    for: "PT2M",
    severity: 1,
    labels: {severity: "page", region: "westeurope"},
    annotations: {
      summary: "{{ $labels.region }} is out of rotation",
      description:
        "Fewer than 50 % of its proxies vote for themselves: DNS sends its users elsewhere.",
      runbook: runbooks.get("region-out"),
      runbook_url: "https://wiki.example.com/runbooks#region-out",
    },
    actions: [{actionGroupId: oncall}],
    resolveConfiguration: {autoResolved: true, timeToResolve: "PT5M"},
  });
});

test("the key that signs is published with the day since which it does", () => {
  const {keys} = JSON.parse(stack("global").outputs.jwks as string) as {keys: {iat: number}[]};
  const secret = find(stack("global"), "azure-native:keyvault:Secret", "token-signing-key");
  const {attributes} = secret.outputs.properties as {attributes: {created: number}};
  assert.deepEqual(
    keys.map(({iat}) => iat),
    [attributes.created],
  );
});

test("what global's registry and image are like", async () => {
  const replication = azure("global", "containerregistry:Replication", "westeurope");
  assert.equal(replication.location, "westeurope");
  const registry = azure("global", "containerregistry:Registry", "registry");
  assert.deepEqual(registry.sku, {name: "Premium"});
  assert.equal(registry.adminUserEnabled, false);
  const {image} = stack("global").outputs as {image: string};
  const [, hash] =
    /^meridianimages5027\.azurecr\.io\/meridian-proxy:([\da-f]{12})@sha256:[\da-f]{64}$/.exec(
      image,
    )!;
  const build = azure("global", "containerregistry:TaskRun", `build-${hash}`);
  const {sourceLocation, ...request} = build.runRequest as {sourceLocation: string};
  assert.match(sourceLocation, /^source\//);
  assert.equal(build.forceUpdateTag, hash);
  const {base} = proxyContext(await bundle());
  const node = base.replace("docker.io/library/node:", "");
  assert.deepEqual(request, {
    type: "DockerBuildRequest",
    imageNames: [`meridian-proxy:${hash}`],
    isPushEnabled: true,
    dockerFilePath: "Dockerfile",
    arguments: [
      {name: "BASE", value: `meridianimages5027.azurecr.io/meridian-global/node:${node}`},
    ],
    platform: {os: "Linux", architecture: "amd64"},
  });
});

test("a region's deployments are as regions.yaml has them, and keep their versions", () => {
  const {properties, sku, deploymentName, accountName} = azure(
    "westeurope",
    "cognitiveservices:Deployment",
    "copilot-codex-standard",
  );
  assert.deepEqual(
    {properties, sku, deploymentName, accountName},
    {
      properties: {
        model: {format: "OpenAI", name: "gpt-35-turbo-instruct", version: "0914"},
        versionUpgradeOption: "NoAutoUpgrade",
      },
      sku: {name: "Standard", capacity: 120},
      deploymentName: "copilot-codex-standard",
      accountName: "meridian-westeurope-7d3b",
    },
  );
});

test("a region's proxies run the image that global built, with the region's files and no token", () => {
  const {spec} = kubernetes("apps/v1:Deployment", "proxy");
  const {containers, volumes, ...pod} = spec.template.spec;
  const [{image, workingDir, command, env, volumeMounts, securityContext}] = containers as [Inputs];
  assert.deepEqual(
    {image, workingDir, command, volumeMounts, volumes},
    {
      image: stack("global").outputs.image,
      workingDir: "/app",
      command: ["node", "--v8-pool-size=1", "--max-semi-space-size=8", "main.js"],
      volumeMounts: [
        {name: "files", mountPath: "/app/policy", readOnly: true},
        {name: "identity", mountPath: "/app/identity", readOnly: true},
      ],
      volumes: [
        {name: "files", configMap: {name: "policy"}},
        {
          name: "identity",
          projected: {
            sources: [
              {
                serviceAccountToken: {
                  path: "token",
                  audience: "api://AzureADTokenExchange",
                  expirationSeconds: 3600,
                },
              },
            ],
          },
        },
      ],
    },
  );
  const identity = find(
    stack("westeurope"),
    "azure-native:managedidentity:UserAssignedIdentity",
    "proxy",
  );
  assert.deepEqual(env, [
    {name: "LISTEN", value: "0.0.0.0:8080"},
    {name: "ADMIN", value: "0.0.0.0:9090"},
    {name: "REGION", value: "westeurope"},
    {name: "POLICY_FILE", value: "policy/policy.json"},
    {name: "JWKS_FILE", value: "policy/jwks.json"},
    {name: "TOKEN_ISSUER", value: "https://completions.example.com"},
    {name: "TOKEN_AUDIENCE", value: "meridian"},
    {name: "ISSUER_URL", value: "http://issuer.meridian.svc.cluster.local:8081"},
    {name: "DRAIN_MS", value: "2500"},
    {name: "AZURE_CLIENT_ID", value: identity.outputs.clientId},
    {name: "AZURE_TENANT_ID", value: "00000000-0000-4000-8000-000000000002"},
    {name: "AZURE_AUTHORITY_HOST", value: "https://login.microsoftonline.com/"},
    {name: "AZURE_FEDERATED_TOKEN_FILE", value: "identity/token"},
  ]);
  assert.deepEqual(securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: {drop: ["ALL"]},
  });
  assert.equal(pod["automountServiceAccountToken" as keyof typeof pod], false);
  assert.deepEqual(spec.strategy, {
    type: "RollingUpdate",
    rollingUpdate: {maxUnavailable: 0, maxSurge: "25%"},
  });
});

test("a changed edge or issuer configuration rolls its pods; a changed policy does not", () => {
  const annotations = (name: string) => {
    const {template} = kubernetes("apps/v1:Deployment", name).spec as unknown as {
      template: {metadata: {annotations?: Inputs}};
    };
    return Object.keys(template.metadata.annotations ?? {});
  };
  assert.deepEqual(["edge", "issuer", "proxy"].map(annotations), [
    ["meridian/files"],
    ["meridian/files"],
    [],
  ]);
});

test("the edge's Service stands at the address that DNS points at", () => {
  const {metadata, spec} = kubernetes("core/v1:Service", "edge");
  assert.deepEqual(metadata.annotations, {
    "service.beta.kubernetes.io/azure-pip-name": "edge",
    "service.beta.kubernetes.io/azure-load-balancer-resource-group": "meridian-westeurope",
    "service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout": "30",
  });
  assert.deepEqual(spec, {
    type: "LoadBalancer",
    externalTrafficPolicy: "Local",
    selector: {"app.kubernetes.io/name": "edge"},
    ports: [{name: "https", port: 443, targetPort: 8443}],
  });
  assert.deepEqual(stack("westeurope").outputs, {
    publicName: "meridian-westeurope-5027.westeurope.cloudapp.azure.com",
    address: "127.2.0.1",
    model: "https://meridian-westeurope-7d3b.openai.azure.com/",
    ...endOf("westeurope"),
    ...versionOf("westeurope"),
  });
});

/** The outputs that a rollout goes back to. */
function versionOf(region: string) {
  const {template} = find(stack(region), "kubernetes:apps/v1:Deployment", "proxy").inputs
    .spec as Spec;
  const {data} = find(stack(region), "kubernetes:core/v1:ConfigMap", "policy").inputs;
  return {
    image: template.spec.containers[0]!.image,
    policy: (data as Record<string, string>)["policy.json"],
  };
}

/** What the fallback stack joins. */
function endOf(region: string) {
  const of = (type: string, name: string) => find(stack(region), `azure-native:${type}`, name);
  const network = of("network:VirtualNetwork", "network");
  return {
    modelId: of("cognitiveservices:Account", "account").id,
    modelZoneId: of("privatedns:PrivateZone", "model").id,
    endpointsSubnetId: `${network.id}/subnets/endpoints`,
    proxyPrincipalId: of("managedidentity:UserAssignedIdentity", "proxy").outputs.principalId,
  };
}

test("regions that fall back to each other have a way and a role each", () => {
  const {resources} = stack("fallback");
  assert.deepEqual(tally(stack("fallback")), {
    "azure-native:resources:ResourceGroup": 1,
    "azure-native:authorization:RoleAssignment": 2,
    "azure-native:network:PrivateEndpoint": 2,
    "azure-native:network:PrivateDnsZoneGroup": 2,
  });
  const [from, to] = [endOf("eastus2"), endOf("westeurope")];
  const {location, subnet, privateLinkServiceConnections} = azure(
    "fallback",
    "network:PrivateEndpoint",
    "eastus2-westeurope",
  );
  assert.deepEqual(
    {location, subnetId: (subnet as Inputs).id, privateLinkServiceConnections},
    {
      location: "eastus2",
      subnetId: from.endpointsSubnetId,
      privateLinkServiceConnections: [
        {
          name: "eastus2-westeurope",
          privateLinkServiceId: to.modelId,
          groupIds: ["account"],
        },
      ],
    },
  );
  const group = resources.find(
    ({type, id}) => type.endsWith(":PrivateDnsZoneGroup") && id.includes("/eastus2-westeurope/"),
  );
  assert.deepEqual(group?.inputs.privateDnsZoneConfigs, [
    {name: "model", privateDnsZoneId: from.modelZoneId},
  ]);
  const role = azure("fallback", "authorization:RoleAssignment", "eastus2-westeurope");
  assert.deepEqual([role.principalId, role.scope], [from.proxyPrincipalId, to.modelId]);
});

test("each identity may use what is its own alone", () => {
  const grants = stack("westeurope")
    .resources.filter(({type}) => type === "azure-native:authorization:RoleAssignment")
    .map(({name, inputs}) => [name, String(inputs.scope).split("/").slice(-2).join("/")]);
  assert.deepEqual(Object.fromEntries(grants), {
    addresses: "resourceGroups/meridian-westeurope",
    nodes: "subnets/nodes",
    address: "publicIPAddresses/edge",
    pull: "registries/meridianimages5027",
    edge: "secrets/edge",
    "issue-certificate": "certificates/edge",
    model: "accounts/meridian-westeurope-7d3b",
    "token-signing-key-next": "secrets/token-signing-key-next",
    "token-signing-key": "secrets/token-signing-key",
  });
});

test("an introspection client's secret is the platform team's to put there: mounted, not made", async () => {
  const exchange = {
    kind: "introspection",
    url: "https://login.example.com/introspect",
    clientId: "meridian",
    scopes: [],
  } as const;
  const service = {...smallWorld.service, tokens: {lifetimeS: 1200, exchange}};
  const {stacks} = await runStacks({...smallWorld, service}, {stacks: ["westeurope"]});
  const region = stacks[0]!;
  const name = "introspection-client-secret";
  const made = region.resources.filter(({type}) => type === "azure-native:keyvault:Secret");
  assert.ok(!made.some(({inputs}) => inputs.secretName === name));
  const grant = find(region, "azure-native:authorization:RoleAssignment", name);
  assert.match(String(grant.inputs.scope), new RegExp(`/secrets/${name}$`));
  const mounted = find(
    region,
    "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass",
    "issuer",
  );
  assert.match(JSON.stringify(mounted.inputs), new RegExp(`objectAlias: ${name}`));
});

test("the secrets of personal keys are made where they are asked for, and the issuer's alone", async () => {
  const keys = {lifetimeS: 7_776_000, clientId: "app", scopes: []};
  const service = {...smallWorld.service, tokens: {...smallWorld.service.tokens, keys}};
  const sealingKey = Buffer.alloc(32, 7).toString("base64");
  const {stacks} = await runStacks(
    {...smallWorld, service},
    {sealingKey, stacks: ["global", "westeurope"]},
  );
  const ofStack = (name: string) => stacks.find((stack) => stack.name === name)!;
  const region = ofStack("westeurope");
  for (const name of ["sealing-key", "sealing-key-next"]) {
    const {properties} = find(region, "azure-native:keyvault:Secret", name).inputs;
    assert.deepEqual(properties, {value: sealingKey});
    const grant = find(region, "azure-native:authorization:RoleAssignment", name);
    assert.match(String(grant.inputs.scope), new RegExp(`/secrets/${name}$`));
    const mounts = region.resources.filter(
      ({type, inputs}) =>
        type === "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass" &&
        JSON.stringify(inputs).includes(`objectAlias: ${name}\\n`),
    );
    assert.deepEqual(
      mounts.map(({name}) => name),
      ["issuer"],
    );
  }
  const written = ofStack("global").resources.filter(({name}) => name.startsWith("sealing-key"));
  assert.deepEqual(
    written.map(({name}) => name),
    ["sealing-key"],
  );
  for (const stack of [ofStack("global"), region])
    for (const text of [JSON.stringify(maskedStack(stack)), treeOf(stack)])
      assert.ok(!text.includes(sealingKey));
  const plain = stack("westeurope").resources.map(({name}) => name);
  assert.ok(!plain.includes("sealing-key"), "none are made where none are asked for");
});

test("every Azure resource that takes tags says which service and stack it is of", () => {
  const untagged = built.stacks
    .flatMap(({resources}) => resources)
    .filter(({inputs}) => inputs.resourceGroupName && inputs.location)
    .filter(({inputs, stack}) => (inputs.tags as Inputs | undefined)?.stack !== stack)
    .map(({type}) => type);
  // A task run takes a location and no tags.
  assert.deepEqual([...new Set(untagged)], ["azure-native:containerregistry:TaskRun"]);
});

test("secrets are plain for the world that runs, and nowhere in what is printed", () => {
  const key = stack("global").outputs.signingKey as string;
  assert.match(key, /^-----BEGIN PRIVATE KEY-----/);
  const written = azure("westeurope", "keyvault:Secret", "token-signing-key");
  assert.deepEqual(written.properties, {value: key});

  const printed = built.stacks
    .flatMap((stack) => [JSON.stringify(maskedStack(stack)), treeOf(stack)])
    .join();
  for (const secret of [key.split("\n")[1]!, "&sig="]) assert.ok(!printed.includes(secret), secret);
  assert.equal(maskedStack(stack("global")).outputs.signingKey, MASK);
});

test("the tree shows a component with its resources and what matters of them", () => {
  const lines = treeOf(stack("westeurope")).split("\n");
  const at = lines.indexOf("├─ Model");
  assert.deepEqual(lines.slice(at, at + 6), [
    "├─ Model",
    "│  ├─ Account meridian-westeurope-7d3b: OpenAI S0, meridian-westeurope-7d3b.openai.azure.com, reached privately alone, no keys",
    "│  ├─ Deployment copilot-codex-globalstandard: gpt-35-turbo-instruct 0914, GlobalStandard 500",
    "│  ├─ Deployment copilot-codex-standard: gpt-35-turbo-instruct 0914, Standard 120",
    "│  └─ PrivateEndpoint model: to accounts/meridian-westeurope-7d3b",
    "│     └─ PrivateDnsZoneGroup default",
  ]);
});

for (const stack of stackNames(smallWorld))
  test(`${stack} alone runs with what it needs, and is all that is handed back`, async () => {
    const {stacks} = await runStacks(smallWorld, {stacks: [stack]});
    assert.deepEqual(
      stacks.map(({name}) => name),
      [stack],
    );
  });

test("all that the cloud refuses is reported at once, with stack and resource", async () => {
  const cloud = createCloud({quota: (_, __, sku) => (sku === "Standard" ? 100 : undefined)});
  await assert.rejects(runStacks(smallWorld, {cloud}), (error: Error) => {
    const lines = error.message.split("\n");
    assert.equal(lines.length, 3, error.message);
    for (const [at, name] of ["eastus2", "westeurope"].entries())
      assert.match(
        lines[at + 1]!,
        new RegExp(`^  - stack ${name}, .*:Deployment "copilot-codex-standard": InsufficientQuota`),
      );
    return true;
  });
});

test("a program that cannot run is an error with its stack", async () => {
  const unserved: World = {
    ...smallWorld,
    routing: {...smallWorld.routing, residency: {EU: ["EU"]}},
  };
  await assert.rejects(runStacks(unserved), {
    message: /^stack dns: No serving region keeps the residency of /,
  });
});
