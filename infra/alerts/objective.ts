import type {Objective} from "../../regions/world.ts";
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

/** The share of requests that miss the objective, over each window, and what fires when it is too large. */
export function objectiveRules(level: Level, {success, firstByteMs}: Objective): Rule[] {
  const promise = `${percent(success)} of requests with a first byte within ${firstByteMs} ms`;
  return [
    ...WINDOWS.map((window) => missed(level, window)),
    ...BURNS.map((burn) => burnAlert(level, burn, {budget: 1 - success, promise})),
  ];
}

const recordOf = ({name}: Level, window: string) => `${name}:meridian_missed:ratio_${window}`;

function missed(level: Level, window: string): Recording {
  const rate = (matchers?: string) =>
    level.sum(`rate(${level.of("meridian_judged_total", matchers)}[${window}])`);
  return {
    record: recordOf(level, window),
    expression: `${rate('verdict!="good"')} / ${rate()}`,
  };
}

function burnAlert(
  level: Level,
  {long, short, pace, forM, severity}: (typeof BURNS)[number],
  {budget, promise}: {budget: number; promise: string},
): Alert {
  const limit = Number(Math.min(MAX_SHARE, pace * budget).toPrecision(4));
  const over = (window: string) => `${level.of(recordOf(level, window))} > ${limit}`;
  const failed = level.of("meridian_judged_total", 'verdict!="good"');
  const enough = `${level.sum(`increase(${failed}[${long}])`)} >= ${MIN_FAILED}`;
  const where = level.name === "region" ? "{{ $labels.region }}" : "The service";
  return {
    alert: `${level.name === "region" ? "Region" : "World"}Burn${long}`,
    expression: `${over(long)} and ${over(short)} and ${enough}`,
    forM,
    severity,
    summary: `${where} misses its objective ${pace} times as often as it may`,
    description: `{{ $value | humanizePercentage }} of requests failed or came late over ${long}; promised: ${promise}.`,
    runbook: "objective-missed",
  };
}

const percent = (share: number) => `${Number((share * 100).toPrecision(6))} %`;
