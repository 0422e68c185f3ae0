/** Prometheus rules as data. `prometheus.ts` writes them as a file, `group.ts` as Azure resources. */
export type Rule = Recording | Alert;

export interface RuleGroup {
  /** Unique among all groups; also the name of the Azure resource. */
  readonly name: string;
  /** Put on each of its rules. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** At most 20: https://learn.microsoft.com/azure/azure-monitor/service-limits#prometheus-metrics */
  readonly rules: readonly Rule[];
}

/** A query whose result is recorded as a metric. */
export interface Recording {
  /** `level:metric:operation`, as Prometheus recommends. */
  readonly record: string;
  readonly expression: string;
}

export interface Alert {
  readonly alert: string;
  readonly expression: string;
  /** How long the expression must hold, in minutes. */
  readonly forM: number;
  /** page: users are affected, or one more fault will affect them. ticket: fix it within the week. */
  readonly severity: "page" | "ticket";
  readonly labels?: Readonly<Record<string, string>>;
  /** One line. Summary and description may contain Prometheus templates. */
  readonly summary: string;
  readonly description: string;
  /** The anchor of the section of docs/runbooks.md that says what to do; the alert has its text. */
  readonly runbook: string;
}

export const isAlert = (rule: Rule): rule is Alert => "alert" in rule;

/** The interval at which rules are evaluated, in minutes; rules that count samples rely on it. */
export const EVERY_M = 1;

/** The scope of a rule: one region, or all of them together. */
export interface Level {
  readonly name: "region" | "world";
  /** A metric of this level, with these matchers: `of("meridian_vote", 'role="own"')`. */
  readonly of: (metric: string, matchers?: string) => string;
  /** An aggregation that keeps the labels by which alerts of this level differ, and others by name. */
  readonly sum: (expression: string, ...labels: string[]) => string;
}

export const regionLevel = (region: string): Level => ({
  name: "region",
  of: (metric, matchers) =>
    `${metric}{${[matchers, `region="${region}"`].filter(Boolean).join(",")}}`,
  sum: (expression, ...labels) => `sum by (${["region", ...labels].join(", ")}) (${expression})`,
});

export const worldLevel: Level = {
  name: "world",
  of: (metric, matchers) => (matchers ? `${metric}{${matchers}}` : metric),
  sum: (expression, ...labels) =>
    labels.length > 0 ? `sum by (${labels.join(", ")}) (${expression})` : `sum(${expression})`,
};
