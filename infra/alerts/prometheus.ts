import {stringify} from "yaml";
import {EVERY_M, isAlert, type Rule, type RuleGroup} from "./rule.ts";

/** An alert's annotations; `runbooks` is the address of docs/runbooks.md. */
export const annotationsOf = (
  {summary, description, runbook}: Extract<Rule, {alert: string}>,
  runbooks: string,
) => ({summary, description, runbook_url: `${runbooks}#${runbook}`});

/** A rule file for any Prometheus. */
export function ruleFile(groups: readonly RuleGroup[], runbooks: string): string {
  const file = {
    groups: groups.map(({name, labels, rules}) => ({
      name,
      interval: `${EVERY_M}m`,
      rules: rules.map((rule) => ruleOf(rule, {labels, runbooks})),
    })),
  };
  return stringify(file, {lineWidth: 0});
}

function ruleOf(rule: Rule, {labels, runbooks}: Pick<RuleGroup, "labels"> & {runbooks: string}) {
  if (!isAlert(rule))
    return {record: rule.record, expr: rule.expression, ...(labels && {labels: {...labels}})};
  return {
    alert: rule.alert,
    expr: rule.expression,
    for: `${rule.forM}m`,
    labels: {severity: rule.severity, ...labels, ...rule.labels},
    annotations: annotationsOf(rule, runbooks),
  };
}
