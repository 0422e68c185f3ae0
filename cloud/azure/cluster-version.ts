import {dayAt} from "../../regions/day.ts";
import {creatableOn, KNOWN_AS_OF, minorsBetween, nextMinor} from "../../regions/kubernetes.ts";
import type {Frozen, View} from "../resource.ts";
import {nameOf, ownerOf} from "./arm.ts";

/** What AKS says to versions of Kubernetes. Its versions have a patch; ours name minors, and it chooses the patch. */

export interface Versioned {
  readonly kubernetesVersion?: string;
}

/**
 * A cluster that is there stays at its version; none is made of one at its end, or of one that is not there yet.
 * https://learn.microsoft.com/azure/aks/supported-kubernetes-versions, "Can I create a new 1.xx.x cluster during the
 * platform support window?"; the words: https://github.com/apecloud/kubeblocks/pull/10136,
 * https://github.com/pulumi/pulumi-azure-native/pull/3550. Without a clock it is the day that the table was read.
 */
export function checkNewVersion({kubernetesVersion: version}: Versioned, view: View): string[] {
  const nowMs = view.options.now?.();
  const day = nowMs === undefined ? KNOWN_AS_OF : dayAt(nowMs);
  const creatable = creatableOn(day);
  if (version === undefined || creatable.includes(version)) return [];
  const isOld = creatable.every((one) => minorsBetween(version, one) > 0);
  const of = `K8sVersionNotSupported: Managed cluster ${nameOf(view.id)} is on version ${version},`;
  const ask =
    "use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list";
  return [
    isOld
      ? `${of} which is only available for Long-Term Support (LTS). If you intend to onboard to LTS, please ensure the cluster is in Premium tier and LTS support plan (see https://aka.ms/aks/enable-lts). Otherwise, ${ask}`
      : `${of} which is not supported in this region. Please ${ask}`,
  ];
}

/**
 * One minor version at a time, and never back: https://learn.microsoft.com/azure/aks/upgrade-aks-control-plane; the
 * words: https://github.com/rancher/dashboard/issues/11884.
 */
export function frozenVersion(
  {kubernetesVersion: from}: Versioned,
  {kubernetesVersion: to}: Versioned,
): Frozen[] {
  if (from === undefined || to === undefined) return [];
  const step = minorsBetween(from, to);
  if (step === 0 || step === 1) return [];
  const reason = `OperationNotAllowed: Upgrading Kubernetes version ${from} to ${to} is not allowed. Available upgrades: [${nextMinor(from)}]. Please see https://aka.ms/aks-supported-k8s-ver for version details.`;
  return [{path: "kubernetesVersion", reason}];
}

/** https://learn.microsoft.com/azure/aks/upgrade-aks-control-plane#kubernetes-version-upgrade-rules */
const MOST_BEHIND = 3;

/** Between a pool and its cluster. The words for a newer one: https://github.com/rancher/rancher/issues/33426; those for one too old are ours. */
export function checkSkew(pool: string | undefined, cluster: string | undefined): string[] {
  if (pool === undefined || cluster === undefined) return [];
  const behind = minorsBetween(pool, cluster);
  if (behind >= 0 && behind <= MOST_BEHIND) return [];
  const [minor, other] = [pool, cluster].map((version) => version.split(".")[1]);
  const why = behind < 0 ? "bigger" : `more than ${MOST_BEHIND} minor versions smaller`;
  return [
    `NodePoolMcVersionIncompatible: Node pool version ${pool} and control plane version ${cluster} are incompatible. Minor version of node pool version ${minor} is ${why} than control plane version ${other}. For more information, please check https://aka.ms/version-skew-policy`,
  ];
}

interface Pool {
  readonly orchestratorVersion?: string;
}

/** The version of the cluster that a pool is a part of. */
export const versionAround = ({id, find}: View) =>
  (find(ownerOf(id))?.inputs as Versioned | undefined)?.kubernetesVersion;

/** A pool that asks for no version keeps the one that it has, and begins with its cluster's. */
export function poolVersion(pool: Pool, view: View, there = view.find(view.id)) {
  const has = there?.outputs.currentOrchestratorVersion as string | undefined;
  return pool.orchestratorVersion ?? has ?? versionAround(view);
}

/** Pools beside the cluster's own stay behind when it is upgraded. */
export const checkPoolsBehind = ({kubernetesVersion}: Versioned, {id, inside}: View): string[] =>
  inside(id).flatMap(({outputs}) =>
    checkSkew(outputs.currentOrchestratorVersion as string | undefined, kubernetesVersion),
  );
