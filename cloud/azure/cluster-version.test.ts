import assert from "node:assert/strict";
import {test} from "node:test";
import {creatableOn, KNOWN_AS_OF, minors, minorsBetween} from "../../regions/kubernetes.ts";
import {createCloud} from "../cloud.ts";
import {group, inGroup, order} from "../orders.cases.ts";
import type {CloudOptions} from "../resource.ts";
import {kindOf} from "../types.ts";

/** A cluster with a system pool, of which each may name a version. */
const cluster = (kubernetesVersion?: string, orchestratorVersion?: string) =>
  order([
    "containerservice:ManagedCluster",
    {
      ...inGroup,
      resourceName: "cluster",
      ...(kubernetesVersion && {kubernetesVersion}),
      agentPoolProfiles: [
        {
          name: "system",
          mode: "System",
          count: 1,
          ...(orchestratorVersion && {orchestratorVersion}),
        },
      ],
    },
  ]);

const pool = (orchestratorVersion?: string, count = 3) =>
  order([
    "containerservice:AgentPool",
    {
      resourceGroupName: "group",
      resourceName: "cluster",
      agentPoolName: "users",
      count,
      ...(orchestratorVersion && {orchestratorVersion}),
    },
  ]);

const clockAt = (day: string): CloudOptions => ({now: () => Date.parse(`${day}T12:00:00Z`)});

/** What the cloud says when the cluster is made; nothing where it is. */
async function making(version: string, options?: CloudOptions): Promise<string> {
  const cloud = createCloud(options);
  await cloud.write(order(group));
  return cloud.write(cluster(version)).then(
    () => "",
    ({message}: Error) => message,
  );
}

/** What the cloud says when a cluster of one version, and its pool, is to be of another. */
async function changing(from: string, to: string, pooled = from): Promise<string> {
  const cloud = createCloud(clockAt("2020-01-01"));
  cloud.create(order(group));
  cloud.create(cluster(from));
  cloud.create(pool(pooled));
  return cloud.write(cluster(to), cloud.resources[1]).then(
    () => "",
    ({message}: Error) => message,
  );
}

test("a cluster is made of the versions that AKS makes clusters of, and of no other", async () => {
  for (const day of [KNOWN_AS_OF, "2026-09-01", "2027-04-01"])
    for (const version of [...Object.keys(minors), "1.20", "1.99"]) {
      const says = await making(version, clockAt(day));
      const isMade = creatableOn(day).includes(version);
      const isRefused = says.startsWith("K8sVersionNotSupported: Managed cluster cluster is on");
      assert.deepEqual(
        [says === "", isRefused],
        [isMade, !isMade],
        `${version} on ${day}: ${says}`,
      );
    }
});

test("without a clock it is the day on which the table was read", async () => {
  assert.match(
    await making("1.34"),
    /version 1\.34, which is only available for Long-Term Support/,
  );
  assert.match(await making("1.99"), /version 1\.99, which is not supported in this region/);
  assert.equal(await making("1.36"), "");
});

test("a preview takes a cluster at its end to be there already", () => {
  const cloud = createCloud();
  for (const one of [order(group), cluster("1.33")]) cloud.create(one);
  assert.deepEqual(cloud.refusals, []);
});

test("an upgrade is of one minor version, or of none, whatever the two are", async () => {
  for (const from of Object.keys(minors))
    for (const to of Object.keys(minors)) {
      const step = minorsBetween(from, to);
      const says = await changing(from, to);
      assert.equal(says === "", step === 0 || step === 1, `${from} to ${to}: ${says}`);
      const frozen = kindOf(cluster().type)!.frozen!(cluster(from).inputs, cluster(to).inputs);
      assert.equal(frozen.length, says === "" ? 0 : 1);
    }
});

test("a skipped version is told with the one that is next", async () => {
  assert.equal(
    await changing("1.34", "1.36"),
    "OperationNotAllowed: Upgrading Kubernetes version 1.34 to 1.36 is not allowed. Available upgrades: [1.35]. Please see https://aka.ms/aks-supported-k8s-ver for version details.",
  );
});

test("a pool is never newer than its cluster, and at most three minor versions older", () => {
  for (const version of ["1.33", "1.35", "1.37"])
    for (let minor = 29; minor <= 39; minor++) {
      const cloud = createCloud();
      for (const one of [order(group), cluster(version), pool(`1.${minor}`)]) cloud.create(one);
      const behind = minorsBetween(`1.${minor}`, version);
      const fits = behind >= 0 && behind <= 3;
      assert.equal(cloud.refusals.length, fits ? 0 : 1, `${minor} in ${version}`);
    }
});

test("a pool that came with its cluster is no newer than it", () => {
  const cloud = createCloud();
  for (const one of [order(group), cluster("1.36", "1.37")]) cloud.create(one);
  assert.deepEqual(
    cloud.refusals.map(({reason}) => reason),
    [
      "NodePoolMcVersionIncompatible: Node pool version 1.37 and control plane version 1.36 are incompatible. Minor version of node pool version 37 is bigger than control plane version 36. For more information, please check https://aka.ms/version-skew-policy",
    ],
  );
});

test("a cluster does not leave a pool further behind than that", async () => {
  assert.equal(await changing("1.36", "1.37", "1.34"), "");
  assert.match(await changing("1.36", "1.37", "1.33"), /^NodePoolMcVersionIncompatible: /);
});

test("a pool that names no version keeps the one that it was made with", async () => {
  const cloud = createCloud();
  for (const one of [order(group), cluster("1.35"), pool()]) await cloud.write(one);
  const poolNow = () => cloud.resources[2]!;
  await cloud.write(cluster("1.36"), cloud.resources[1]);
  await cloud.write(pool(undefined, 4), poolNow());
  assert.equal(poolNow().outputs.currentOrchestratorVersion, "1.35");
  await cloud.write(pool("1.36", 4), poolNow());
  assert.equal(poolNow().outputs.currentOrchestratorVersion, "1.36");
});
