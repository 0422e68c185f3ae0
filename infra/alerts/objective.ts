import {OBJECTIVES, type Objective, type ObjectiveName, objectiveOf} from "../../proxy/policy.ts";
import type {World} from "../../regions/world.ts";
import type {Alert, Level, Recording, Rule} from "./rule.ts";

/**
 * How fast the error budget of 30 days may burn: at 14.4 times the even pace an hour takes 2 % of it, at 6
 * times six hours 5 %, at 3 times a day 10 %. The short window ends the alert soon after the cause has
 * ended. https://sre.google/workbook/alerting-on-slos, table 5-8.
 */
const BURNS = [
  {long: "1h", short: "5m", pace: 14.4, forM: 2, severity: "page"},
  {long: "6h", short: "30m", pace: 6, forM: 5, severity: "page"},
  {long: "1d", short: "2h", pace: 3, forM: 30, severity: "ticket"},
  {long: "3d", short: "6h", pace: 1, forM: 60, severity: "ticket"},
] as const;

const WINDOWS = [...new Set(BURNS.flatMap(({long, short}) => [short, long]))];

/** Fewer failures than this are chance: one of three requests at night is no incident. */
const MIN_FAILED = 10;
/** A burn rate may come to more than all requests; half of them failing is always too many. */
const MAX_SHARE = 0.5;

/** Each model is judged by itself, by each of its objectives. */
const SUBJECT = ["model", "objective"] as const;

/** What is promised of a model, and of its next edits. */
export interface Promised {
  readonly model: string;
  readonly name: ObjectiveName;
  readonly objective: Objective;
}

export function promisesOf({service, models}: World): Promised[] {
  const given = {objective: service.objective, models};
  return Object.keys(models).flatMap((model) =>
    OBJECTIVES.map((name) => ({model, name, objective: objectiveOf(given, model, name)})),
  );
}

/** The share of requests that miss each objective, over each window, and what fires when one is too large. */
export function objectiveRules(level: Level, promises: readonly Promised[]): Rule[] {
  return [
    ...WINDOWS.map((window) => missed(level, window)),
    ...BURNS.map((burn) => burnAlert(level, burn, promises)),
  ];
}

const recordOf = ({name}: Level, window: string) => `${name}:meridian_missed:ratio_${window}`;

function missed(level: Level, window: string): Recording {
  const rate = (matchers?: string) =>
    level.sum(`rate(${level.of("meridian_judged_total", matchers)}[${window}])`, ...SUBJECT);
  return {
    record: recordOf(level, window),
    expression: `${rate('verdict!="good"')} / ${rate()}`,
  };
}

type Burn = (typeof BURNS)[number];

/** One alert for all models, which names the one that misses: those that promise the same share are compared at once. */
function burnAlert(level: Level, burn: Burn, promises: readonly Promised[]): Alert {
  const {long, pace, forM, severity} = burn;
  const failed = level.of("meridian_judged_total", 'verdict!="good"');
  const enough = `${level.sum(`increase(${failed}[${long}])`, ...SUBJECT)} >= ${MIN_FAILED}`;
  const burns = budgetsOf(promises).map(({budget, matchers}) =>
    burnsOver(level, burn, {budget, matchers}),
  );
  const over = burns.length > 1 ? `(${burns.join(" or ")})` : burns[0]!;
  const where = level.name === "region" ? "{{ $labels.region }}" : "The service";
  return {
    alert: `${level.name === "region" ? "Region" : "World"}Burn${long}`,
    expression: `${over} and ${enough}`,
    forM,
    severity,
    summary: `${where} misses an objective of {{ $labels.model }} ${pace} times as often as it may`,
    description: `{{ $value | humanizePercentage }} of requests failed or came late over ${long}, by its objective {{ $labels.objective }}. Promised: ${told(promises)}.`,
    runbook: "objective-missed",
  };
}

interface Budget {
  /** The share that may miss. */
  readonly budget: number;
  /** Whose it is; undefined where all have the same. */
  readonly matchers: string | undefined;
}

function burnsOver(level: Level, {long, short, pace}: Burn, {budget, matchers}: Budget): string {
  const limit = Number(Math.min(MAX_SHARE, pace * budget).toPrecision(4));
  const over = (window: string) => `${level.of(recordOf(level, window), matchers)} > ${limit}`;
  const both = `${over(long)} and ${over(short)}`;
  return matchers === undefined ? both : `(${both})`;
}

function budgetsOf(promises: readonly Promised[]): Budget[] {
  const shares = Map.groupBy(promises, ({objective}) => objective.success);
  if (shares.size === 1) return [...shares.keys()].map((success) => budgetOf(success));
  return [...shares].flatMap(([success, alike]) =>
    [...Map.groupBy(alike, ({name}) => name)].map(([name, these]) =>
      budgetOf(success, `objective="${name}",model=~"${these.map(({model}) => model).join("|")}"`),
    ),
  );
}

const budgetOf = (success: number, matchers?: string): Budget => ({budget: 1 - success, matchers});

/** The objectives in words, each once: `99.5 % within 1500 ms (copilot-codex, copilot-nano)`. */
function told(promises: readonly Promised[]): string {
  const alike = Map.groupBy(
    promises,
    ({objective: {success, firstByteMs}}) => `${percent(success)} within ${firstByteMs} ms`,
  );
  return [...alike]
    .map(([promise, whose]) => `${promise} (${whose.map(nameOf).join(", ")})`)
    .join(", ");
}

const nameOf = ({model, name}: Promised) => (name === "model" ? model : `next edits of ${model}`);

const percent = (share: number) => `${Number((share * 100).toPrecision(6))} %`;
