/** Rules of Prometheus as data. What is written from them: `prometheus.ts`, and `group.ts` for Azure. */
export type Rule = Recording | Alert;

export interface RuleGroup {
  /** Unique among all; the Azure resource's name too. */
  readonly name: string;
  /** Of each of its rules. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** At most 20: https://learn.microsoft.com/azure/azure-monitor/service-limits#prometheus-metrics */
  readonly rules: readonly Rule[];
}

/** A query whose answer is kept as a metric of its own. */
export interface Recording {
  /** `level:metric:operation`, as Prometheus advises. */
  readonly record: string;
  readonly expression: string;
}

export interface Alert {
  readonly alert: string;
  readonly expression: string;
  /** Minutes for which the expression must hold. */
  readonly forM: number;
  /** page: users are harmed, or will be by the next fault. ticket: by the end of the week. */
  readonly severity: "page" | "ticket";
  readonly labels?: Readonly<Record<string, string>>;
  /** One line; both may hold Prometheus' templates. */
  readonly summary: string;
  readonly description: string;
  /** The heading of docs/runbooks.md that says what to do, as an anchor. */
  readonly runbook: string;
}

export const isAlert = (rule: Rule): rule is Alert => "alert" in rule;

/** Between two looks at a group's rules: what rules that count samples go by. */
export const EVERY_M = 1;

/** What a rule looks at: one region, or all of them together. */
export interface Level {
  readonly name: "region" | "world";
  /** A metric of this level, with these matchers: `of("meridian_vote", 'role="own"')`. */
  readonly of: (metric: string, matchers?: string) => string;
  /** An aggregation that keeps what the level's alerts are told apart by. */
  readonly sum: (expression: string) => string;
}

export const regionLevel = (region: string): Level => ({
  name: "region",
  of: (metric, matchers) =>
    `${metric}{${[matchers, `region="${region}"`].filter(Boolean).join(",")}}`,
  sum: (expression) => `sum by (region) (${expression})`,
});

export const worldLevel: Level = {
  name: "world",
  of: (metric, matchers) => (matchers ? `${metric}{${matchers}}` : metric),
  sum: (expression) => `sum(${expression})`,
};
