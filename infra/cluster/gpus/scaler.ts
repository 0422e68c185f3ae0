import * as identity from "@pulumi/azure-native/managedidentity/index.js";
import {CustomResource} from "@pulumi/kubernetes/apiextensions/customResource.js";
import type {ComponentResourceOptions, CustomResourceOptions, Input, Output} from "@pulumi/pulumi";
import {cloudAt, clouds} from "../../../regions/clouds/clouds.ts";
import type {Region, Replicas} from "../../../regions/world.ts";
import {grant} from "../../azure/grant.ts";
import {createIdentity} from "../../azure/identity.ts";
import {Component} from "../../component.ts";
import {replicasName} from "../replicas-name.ts";
import {type Ground, TOKEN_AUDIENCE} from "../workload-identity.ts";
import {slotsOf} from "./engine.ts";

/** The metrics that servers are counted by. */
export interface Metrics {
  /** The id of the Azure Monitor workspace. */
  readonly metricsId: Input<string>;
  /** Where it answers PromQL. */
  readonly metricsUrl: Input<string>;
}

const API = "keda.sh/v1alpha1";
const NAME = "scaler";

/**
 * What lets AKS's KEDA read the metrics of all regions: an identity that its operator takes. Why KEDA, and by what it
 * counts: docs/decisions/gpu-scaling.md.
 */
export class Scaler extends Component {
  constructor(
    name: string,
    {ground, metricsId}: {ground: Ground; metricsId: Input<string>},
    options?: ComponentResourceOptions,
  ) {
    super("Scaler", name, options);
    const {region, where, cluster} = ground;
    const self = createIdentity(NAME, {where, resourceName: NAME}, this);
    const role = {role: "Monitoring Data Reader", to: self.principalId, on: metricsId} as const;
    const scope = `${region.name}/${NAME}`;
    const granted = grant("metrics", {...role, scope}, {parent: this});
    const credential = new identity.FederatedIdentityCredential(
      NAME,
      {
        resourceGroupName: where.resourceGroupName,
        resourceName: self.name,
        federatedIdentityCredentialResourceName: NAME,
        issuer: cluster.oidcIssuer,
        // https://learn.microsoft.com/azure/azure-monitor/essentials/integrate-keda
        subject: "system:serviceaccount:kube-system:keda-operator",
        audiences: [TOKEN_AUDIENCE],
      },
      {parent: this},
    );
    new CustomResource(
      NAME,
      {
        apiVersion: API,
        kind: "TriggerAuthentication",
        metadata: {name: NAME, namespace: cluster.namespace},
        spec: {podIdentity: {provider: "azure-workload", identityId: self.clientId}},
      },
      {parent: this, provider: cluster.provider, dependsOn: [granted, credential]},
    );
    this.registerOutputs();
  }
}

/** So many servers as requests ask for, between the least and the most. */
export function createScaling(
  {region, cluster}: Ground,
  own: Replicas,
  {metricsUrl, servedName}: {metricsUrl: Input<string>; servedName: string},
  options: CustomResourceOptions,
) {
  const name = replicasName(own);
  return new CustomResource(
    `${name}-scaling`,
    {
      apiVersion: API,
      kind: "ScaledObject",
      metadata: {name, namespace: cluster.namespace as Output<string>},
      spec: {...scalingOf(own), triggers: triggersOf(region, own, {metricsUrl, servedName})},
    },
    options,
  );
}

/**
 * A server more is wanted at once, and stays for a quarter of an hour after it was last wanted: it took minutes to come. While
 * the metrics cannot be read, none goes.
 */
const scalingOf = (own: Replicas) => ({
  scaleTargetRef: {name: replicasName(own)},
  pollingInterval: 15,
  minReplicaCount: own.count.min,
  maxReplicaCount: own.count.max,
  fallback: {
    failureThreshold: 4,
    replicas: own.count.min,
    behavior: "currentReplicasIfHigher",
  },
  advanced: {
    horizontalPodAutoscalerConfig: {
      behavior: {
        scaleUp: {stabilizationWindowSeconds: 0},
        scaleDown: {
          stabilizationWindowSeconds: 900,
          policies: [{type: "Pods", value: 1, periodSeconds: 300}],
        },
      },
    },
  },
});

/** The share of a server's room at which another is wanted: what a lost server leaves has to find room meanwhile. */
const BUSY = 0.5;

/** Whichever of the two wants more servers is followed. */
function triggersOf(
  {name: region}: Region,
  own: Replicas,
  {metricsUrl, servedName}: {metricsUrl: Input<string>; servedName: string},
) {
  const of = (metric: string) =>
    `sum(vllm:${metric}{region="${region}", model_name="${servedName}"})`;
  const waiting = of("num_requests_waiting");
  const {sdk} = cloudAt(region);
  const trigger = (name: string, query: string, threshold: number) => ({
    type: "prometheus",
    name,
    metadata: {
      serverAddress: metricsUrl,
      query,
      threshold: `${threshold}`,
      // KEDA takes the public cloud by itself: https://keda.sh/docs/latest/scalers/prometheus
      ...(sdk !== clouds.public.sdk && {cloud: sdk}),
    },
    authenticationRef: {name: NAME},
  });
  const room = Math.max(1, Math.floor(BUSY * slotsOf(own)));
  return [
    trigger("waiting", waiting, 1),
    trigger("under-way", `${of("num_requests_running")} + ${waiting}`, room),
  ];
}
