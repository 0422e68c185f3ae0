import {guid} from "../../infra/azure/names.ts";
import {shortHash} from "../../regions/names.ts";
import {list, spare, values} from "../description.ts";
import type {View} from "../resource.ts";
import {arm, nameOf, unless} from "./arm.ts";
import {environmentOf} from "./environments.ts";

export const monitor = [
  arm("monitor:AzureMonitorWorkspace", {
    path: "Microsoft.Monitor/accounts/{azureMonitorWorkspaceName}",
    purpose: "keeps the metrics of all regions, for PromQL and alerts",
    price: {use: "$0.16 for 10 million samples"},
    loss: {...spare("every metric"), sole: true},
    outputs: ({location}: Workspace, {id, options}) => ({
      metrics: {
        internalId: guid(id),
        prometheusQueryEndpoint: `https://${nameOf(id)}-${shortHash(id)}.${location}.${environmentOf(options).metrics}`,
      },
    }),
  }),
  arm("monitor:DataCollectionEndpoint", {
    path: "Microsoft.Insights/dataCollectionEndpoints/{dataCollectionEndpointName}",
    purpose: "takes the cluster's metrics in",
    loss: spare("the cluster's metrics"),
  }),
  arm<CollectionRule>("monitor:DataCollectionRule", {
    path: "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
    purpose: "which metrics or logs go to which workspace",
    loss: spare("the cluster's metrics or log lines"),
    summary: values("dataFlows.0.streams"),
    check: checkRule,
  }),
  arm<{dataCollectionRuleId: string}>("monitor:DataCollectionRuleAssociation", {
    path: "{resourceUri}/providers/Microsoft.Insights/dataCollectionRuleAssociations/{associationName}",
    purpose: "applies that rule to the cluster",
    loss: spare("the cluster's metrics or log lines"),
    check: ({dataCollectionRuleId: id}, {find}) =>
      unless(find(id), `InvalidPayload: The data collection rule '${id}' was not found.`),
  }),
  arm("monitor:DiagnosticSetting", {
    path: "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    purpose: "sends what the API server was asked to the log workspace",
    loss: spare("what the API server was asked"),
    summary: (_, {logs}) => [
      list(logs)
        .map(({category}) => String(category))
        .join(", "),
    ],
  }),
];

interface Workspace {
  readonly location: string;
}

interface CollectionRule {
  readonly dataCollectionEndpointId?: string;
  readonly destinations?: {
    readonly monitoringAccounts?: readonly {name: string; accountResourceId: string}[];
    readonly logAnalytics?: readonly {name: string; workspaceResourceId: string}[];
  };
  readonly dataFlows?: readonly {readonly destinations?: readonly string[]}[];
}

function checkRule(
  {dataCollectionEndpointId, destinations, dataFlows = []}: CollectionRule,
  view: View,
): string[] {
  const {monitoringAccounts = [], logAnalytics = []} = destinations ?? {};
  const targets = [
    ...monitoringAccounts.map(({accountResourceId}) => accountResourceId),
    ...logAnalytics.map(({workspaceResourceId}) => workspaceResourceId),
    ...(dataCollectionEndpointId ? [dataCollectionEndpointId] : []),
  ];
  const names = [...monitoringAccounts, ...logAnalytics].map(({name}) => name);
  const flows = dataFlows.flatMap(({destinations = []}) => destinations);
  return [
    ...targets.flatMap((id) =>
      unless(view.find(id), `InvalidPayload: The resource '${id}' was not found.`),
    ),
    ...flows.flatMap((name) =>
      unless(names.includes(name), `InvalidDataFlow: The destination '${name}' is not defined.`),
    ),
  ];
}
