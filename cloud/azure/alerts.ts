import {spare} from "../description.ts";
import type {View} from "../resource.ts";
import {arm, plainly, unless} from "./arm.ts";

export const alerts = [
  arm<RuleGroup>("alertsmanagement:PrometheusRuleGroup", {
    path: "Microsoft.AlertsManagement/prometheusRuleGroups/{ruleGroupName}",
    purpose:
      "what is recorded of metrics, and what alerts fire: objective, rotation, quota, cancels, keys",
    price: {use: "$0.10 for 1,000 million samples that its rules read"},
    loss: spare("who is told of an incident"),
    name: plainly(
      /^(?!.*[.\s]$)[^:@/#{}%&+*<>?]{1,260}$/,
      "1 to 260 characters, none of :@/#{}%&+*<>?",
    ),
    check: checkRules,
  }),
];

interface RuleGroup {
  readonly location: string;
  readonly scopes: readonly string[];
  readonly rules: readonly {alert?: string; record?: string; expression: string}[];
}

/**
 * https://learn.microsoft.com/azure/azure-monitor/service-limits: 20 rules;
 * https://learn.microsoft.com/azure/azure-monitor/essentials/prometheus-rule-groups
 */
function checkRules({location, scopes, rules}: RuleGroup, {find}: View): string[] {
  const workspace = find(scopes[0] ?? "");
  const wrong = rules.filter(({alert, record}) => (alert === undefined) === (record === undefined));
  return [
    ...unless(workspace, `InvalidScope: The workspace '${scopes[0]}' was not found.`),
    ...unless(
      !workspace || workspace.inputs.location === location,
      "InvalidLocation: A rule group must be in the location of its workspace.",
    ),
    ...unless(rules.length <= 20, `TooManyRules: ${rules.length} rules are more than 20.`),
    ...wrong.map(({expression}) => `InvalidRule: '${expression}' is to be an alert or a record.`),
  ];
}
