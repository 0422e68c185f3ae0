import * as monitor from "@pulumi/azure-native/monitor/index.js";
import type {ComponentResourceOptions, Input, Output} from "@pulumi/pulumi";
import type {Region, World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import type {Where} from "./group.ts";

export interface MonitoringArgs {
  readonly world: World;
  readonly region: Region;
  readonly where: Where;
  readonly clusterId: Output<string>;
  readonly logsId: Output<string>;
  readonly metricsId: Output<string>;
}

/** Sends a cluster's metrics, container logs and API server audit logs to their workspaces. */
export class Monitoring extends Component {
  constructor(name: string, args: MonitoringArgs, options?: ComponentResourceOptions) {
    super("Monitoring", name, options);
    collectMetrics(args, this);
    collectLogs(args, this);
    sendAudit(args, this);
    this.registerOutputs();
  }
}

/** Collection endpoint and rule must be in the location of the workspace: https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable */
function collectMetrics({world, where, clusterId, metricsId}: MonitoringArgs, parent: Monitoring) {
  const atHome = {...where, location: world.service.home};
  const endpoint = new monitor.DataCollectionEndpoint(
    "metrics",
    {...atHome, dataCollectionEndpointName: "metrics", kind: "Linux"},
    {parent},
  );
  const streams = ["Microsoft-PrometheusMetrics"];
  const rule = new monitor.DataCollectionRule(
    "metrics",
    {
      ...atHome,
      dataCollectionRuleName: "metrics",
      kind: "Linux",
      dataCollectionEndpointId: endpoint.id,
      dataSources: {prometheusForwarder: [{name: "prometheus", streams}]},
      destinations: {monitoringAccounts: [{name: "metrics", accountResourceId: metricsId}]},
      dataFlows: [{streams, destinations: ["metrics"]}],
    },
    {parent},
  );
  associate("metrics", clusterId, rule, parent);
}

/** Container logs and Kubernetes events. The inventory is left out: metrics have it. */
function collectLogs(
  {world, region, where, clusterId, logsId}: MonitoringArgs,
  parent: Monitoring,
) {
  const location = region.existing.logs ? region.name : world.service.home;
  const streams = ["Microsoft-ContainerLogV2", "Microsoft-KubeEvents"];
  const extension = {
    name: "containers",
    extensionName: "ContainerInsights",
    extensionSettings: {dataCollectionSettings: {interval: "1m", enableContainerLogV2: true}},
    streams,
  };
  const rule = new monitor.DataCollectionRule(
    "logs",
    {
      ...where,
      location,
      dataCollectionRuleName: "logs",
      kind: "Linux",
      dataSources: {extensions: [extension]},
      destinations: {logAnalytics: [{name: "logs", workspaceResourceId: logsId}]},
      dataFlows: [{streams, destinations: ["logs"]}],
    },
    {parent},
  );
  associate("logs", clusterId, rule, parent);
}

function associate(
  name: string,
  resourceUri: Input<string>,
  {id}: monitor.DataCollectionRule,
  parent: Monitoring,
) {
  const args = {associationName: name, resourceUri, dataCollectionRuleId: id};
  return new monitor.DataCollectionRuleAssociation(name, args, {parent});
}

function sendAudit({logsId, clusterId}: MonitoringArgs, parent: Monitoring) {
  const logs = ["kube-audit-admin", "guard", "cluster-autoscaler"].map((category) => ({
    category,
    enabled: true,
  }));
  const args = {name: "logs", resourceUri: clusterId, workspaceId: logsId, logs};
  return new monitor.DiagnosticSetting("logs", args, {parent});
}
