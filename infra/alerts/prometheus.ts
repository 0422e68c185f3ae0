import {stringify} from "yaml";
import {EVERY_M, isAlert, type Rule, type RuleGroup} from "./rule.ts";
import {runbooks} from "./runbook.ts";

/** An alert's annotations; `address` is that of docs/runbooks.md, where people can read it. */
export const annotationsOf = (
  {summary, description, runbook}: Extract<Rule, {alert: string}>,
  address: string | undefined,
) => ({
  summary,
  description,
  runbook: runbooks.get(runbook)!,
  ...(address !== undefined && {runbook_url: `${address}#${runbook}`}),
});

/** A rule file for any Prometheus. */
export function ruleFile(groups: readonly RuleGroup[], address: string | undefined): string {
  const file = {
    groups: groups.map(({name, labels, rules}) => ({
      name,
      interval: `${EVERY_M}m`,
      rules: rules.map((rule) => ruleOf(rule, labels, address)),
    })),
  };
  return stringify(file, {lineWidth: 0});
}

function ruleOf(rule: Rule, labels: RuleGroup["labels"], address: string | undefined) {
  if (!isAlert(rule))
    return {record: rule.record, expr: rule.expression, ...(labels && {labels: {...labels}})};
  return {
    alert: rule.alert,
    expr: rule.expression,
    for: `${rule.forM}m`,
    labels: {severity: rule.severity, ...labels, ...rule.labels},
    annotations: annotationsOf(rule, address),
  };
}
