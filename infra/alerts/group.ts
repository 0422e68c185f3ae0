import * as azure from "@pulumi/azure-native/alertsmanagement/index.js";
import type {Output} from "@pulumi/pulumi";
import type {World} from "../../regions/world.ts";
import type {Where} from "../azure/group.ts";
import {orAround} from "../component.ts";
import {annotationsOf} from "./prometheus.ts";
import {EVERY_M, isAlert, type Rule, type RuleGroup} from "./rule.ts";

/** Azure's severities run from 0, critical, to 4, verbose. */
const SEVERITIES = {page: 1, ticket: 3} as const;

/** Rule groups of managed Prometheus, evaluated in the workspace that keeps the metrics. */
export function createRuleGroups(
  groups: readonly RuleGroup[],
  {world, where, metricsId}: {world: World; where: Where; metricsId: Output<string>},
): void {
  const {home, alerts} = world.service;
  for (const {name, labels, rules} of groups)
    new azure.PrometheusRuleGroup(
      name,
      {
        ...where,
        // A rule group must be in the location of its workspace.
        location: home,
        ruleGroupName: name,
        scopes: [metricsId],
        interval: `PT${EVERY_M}M`,
        rules: rules.map((rule) => ruleOf(rule, labels, alerts)),
      },
      orAround(),
    );
}

function ruleOf(
  rule: Rule,
  labels: RuleGroup["labels"],
  {notify, runbooks}: World["service"]["alerts"],
) {
  if (!isAlert(rule))
    return {record: rule.record, expression: rule.expression, ...(labels && {labels})};
  return {
    alert: rule.alert,
    expression: rule.expression,
    for: `PT${rule.forM}M`,
    severity: SEVERITIES[rule.severity],
    labels: {severity: rule.severity, ...labels, ...rule.labels},
    annotations: annotationsOf(rule, runbooks),
    actions: notify.map((actionGroupId) => ({actionGroupId})),
    // Otherwise Azure keeps an alert open until a person closes it.
    resolveConfiguration: {autoResolved: true, timeToResolve: "PT5M"},
  };
}
