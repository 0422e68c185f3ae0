import assert from "node:assert/strict";
import {before, test} from "node:test";
import fc from "fast-check";
import {edgeLimits} from "../../infra/envoy/limits.ts";
import {smallWorld} from "../../infra/fixture.ts";
import type {Range, Region, World} from "../../regions/world.ts";
import type {Inputs, Resource} from "../resource.ts";
import {type Built, runStacks} from "./stacks.ts";

/** Nothing in a cluster may keep a node from being drained for ever, whatever regions.yaml says. */

const range = fc
  .tuple(fc.integer({min: 1, max: 20}), fc.integer({min: 0, max: 40}))
  .map(([min, more]): Range => ({min, max: min + more}));

const [example] = smallWorld.regions as [Region];
const sizes = fc.record({
  edges: range,
  proxies: range,
  issuers: range,
  nodes: range,
  system: range,
  issuer: fc.constantFrom(undefined, "Self"),
});

/** The smallest there is, and five more. West US has no zones. */
const drawn = [
  {edges: one(), proxies: one(), issuers: one(), nodes: one(), system: one(), issuer: "Self"},
  ...fc.sample(sizes, {seed: 7, numRuns: 5}),
];
const names = ["eastus2", "westus", "westeurope", "japaneast", "uksouth", "brazilsouth"];
const world: World = {
  ...smallWorld,
  regions: drawn.map(({nodes, system, issuer, ...replicas}, at): Region => {
    const {cluster} = example;
    return {
      ...example,
      ...replicas,
      name: names[at]!,
      pool: names[at]!,
      cluster: {...cluster, nodes, system: {...cluster.system, nodes: system}},
      certificate: {name: "edge", issuer},
    };
  }),
};

let built: Built;
before(async () => {
  built = await runStacks(world);
});

interface Kubernetes {
  readonly metadata: {readonly name: string};
  readonly spec: Inputs;
}

type Container = Template["spec"]["containers"][number];

interface Probe {
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

interface Template {
  readonly metadata: {readonly labels: Readonly<Record<string, string>>};
  readonly spec: {
    readonly terminationGracePeriodSeconds?: number;
    readonly topologySpreadConstraints?: readonly {readonly whenUnsatisfiable: string}[];
    readonly containers: readonly {
      readonly env: readonly {readonly name: string; readonly value: string}[];
      readonly readinessProbe: Probe;
      readonly livenessProbe: Probe;
      readonly ports?: readonly {readonly hostPort?: number}[];
      readonly lifecycle?: {
        readonly preStop: {
          readonly sleep?: {readonly seconds: number};
          readonly httpGet?: {readonly path: string};
        };
      };
    }[];
    readonly volumes?: readonly object[];
  };
}

const objects = (stack: string, type: string) =>
  all(stack, `kubernetes:${type}`).map(({inputs}) => inputs as unknown as Kubernetes);

const all = (stack: string, type: string): readonly Resource[] =>
  built.stacks.find(({name}) => name === stack)!.resources.filter((one) => one.type === type);

const everywhere = (check: (stack: string) => void) => () => {
  for (const {name} of built.stacks) check(name);
};

const deploymentsOf = (stack: string) => objects(stack, "apps/v1:Deployment");
const selectorsOf = (objects: readonly Kubernetes[]) =>
  objects.map(({spec}) => JSON.stringify(spec.selector)).toSorted();
const templateOf = ({spec}: Kubernetes) => spec.template as unknown as Template;
const templatesOf = (stack: string) =>
  [...deploymentsOf(stack), ...objects(stack, "batch/v1:Job")].map(templateOf);

test("every workload of every region has one budget, which lets a pod go at any time", () => {
  const budgets = built.stacks.flatMap(({name}) => {
    const found = objects(name, "policy/v1:PodDisruptionBudget");
    for (const {spec} of found)
      assert.deepEqual(
        {...spec, selector: undefined},
        {maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: undefined},
      );
    assert.deepEqual(selectorsOf(found), selectorsOf(deploymentsOf(name)), name);
    return found;
  });
  assert.equal(budgets.length, 3 * world.regions.length);
});

test(
  "a budget guards as many pods as the autoscaler keeps, and no fewer than one",
  everywhere((stack) => {
    const scaled = objects(stack, "autoscaling/v2:HorizontalPodAutoscaler");
    assert.equal(scaled.length, deploymentsOf(stack).length);
    for (const {spec} of scaled) {
      const {kind, name} = spec.scaleTargetRef as {kind: string; name: string};
      const target = deploymentsOf(stack).find(({metadata}) => metadata.name === name);
      assert.deepEqual([kind, target?.spec.replicas], ["Deployment", spec.minReplicas]);
      assert.ok(Number(spec.minReplicas) >= 1);
    }
  }),
);

test(
  "a pod says goodbye in less than it is given, and is given less than its node",
  everywhere((stack) => {
    const seconds = drainTimeoutsOf(stack).map((minutes) => 60 * minutes);
    for (const {metadata, spec} of templatesOf(stack)) {
      const {terminationGracePeriodSeconds: graceS = 30} = spec;
      const name = String(metadata.labels["app.kubernetes.io/name"]);
      for (const {lifecycle} of spec.containers)
        assert.ok(farewellS(lifecycle?.preStop) < graceS, name);
      for (const timeoutS of seconds) assert.ok(graceS < timeoutS, name);
    }
  }),
);

/** Names are asked again every 2 s, and kept for 5 on the way; a proxy is asked for its vote every `voteS`. */
const NOTICED_S = 7;

test("no pod stops before those who send to it have noticed that it goes", () => {
  const pods = deploymentsOf("eastus2").map((deployment) => {
    const [{lifecycle, env}] = templateOf(deployment).spec.containers as [Container];
    const drainMs = Number(env.find(({name}) => name === "DRAIN_MS")?.value ?? 0);
    return {name: deployment.metadata.name, goesS: farewellS(lifecycle?.preStop), drainMs};
  });
  const of = (wanted: string) => pods.find(({name}) => name === wanted)!;
  assert.ok(of("edge").goesS > NOTICED_S);
  assert.ok(of("issuer").goesS > NOTICED_S);
  assert.ok(of("proxy").drainMs > 2000 * edgeLimits.voteS);
});

test(
  "one answer that goes astray takes no pod away, and a pod gets no streams long before it is killed",
  everywhere((stack) => {
    for (const {spec} of deploymentsOf(stack).map(templateOf))
      for (const {readinessProbe, livenessProbe} of spec.containers) {
        const probes = [readinessProbe, livenessProbe];
        assert.ok(probes.every(({failureThreshold}) => failureThreshold >= 2));
        const [outS, deadS] = probes.map((probe) => probe.periodSeconds * probe.failureThreshold);
        assert.ok(outS! <= 5, "sooner than clients give up");
        assert.ok(deadS! >= 30, "a pause is no death");
      }
  }),
);

/** The edge's page answers when it has drained. */
function farewellS(preStop: {sleep?: {seconds: number}; httpGet?: {path: string}} = {}): number {
  if (!preStop.httpGet) return preStop.sleep?.seconds ?? 0;
  assert.equal(preStop.httpGet.path, "/stop");
  return edgeLimits.stopS;
}

function drainTimeoutsOf(stack: string): number[] {
  const clusters = all(stack, "azure-native:containerservice:ManagedCluster");
  const pools = [
    ...clusters.flatMap(({inputs}) => inputs.agentPoolProfiles as Inputs[]),
    ...all(stack, "azure-native:containerservice:AgentPool").map(({inputs}) => inputs),
  ];
  return pools.map(({upgradeSettings}) => {
    const {maxSurge, drainTimeoutInMinutes} = upgradeSettings as Inputs;
    // One at the least, Azure rounds up: a node is there before another goes.
    assert.match(String(maxSurge), /^[1-9]\d*%?$/);
    return Number(drainTimeoutInMinutes);
  });
}

test(
  "a pod that has to go finds a place on any node, in any zone",
  everywhere((stack) => {
    for (const {spec} of templatesOf(stack)) {
      for (const {whenUnsatisfiable} of spec.topologySpreadConstraints ?? [])
        assert.equal(whenUnsatisfiable, "ScheduleAnyway");
      const pins = ["nodeName", "nodeSelector", "affinity", "hostNetwork"];
      assert.deepEqual(
        Object.keys(spec).filter((key) => pins.includes(key)),
        [],
      );
      const bound = (spec.volumes ?? []).filter(
        (volume) => "persistentVolumeClaim" in volume || "hostPath" in volume,
      );
      assert.deepEqual(bound, []);
      for (const {ports = []} of spec.containers)
        assert.ok(ports.every(({hostPort}) => hostPort === undefined));
    }
  }),
);

test(
  "a rollout that takes no pod away may add some",
  everywhere((stack) => {
    for (const {spec} of deploymentsOf(stack)) {
      const {rollingUpdate} = spec.strategy as {rollingUpdate: Inputs};
      assert.equal(rollingUpdate.maxUnavailable, 0);
      assert.match(String(rollingUpdate.maxSurge), /^[1-9]\d*%$/);
    }
  }),
);

function one(): Range {
  return {min: 1, max: 1};
}
