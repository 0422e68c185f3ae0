import {execFile} from "node:child_process";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {promisify} from "node:util";
import {findPromtool, NO_PROMETHEUS} from "../../setup/prometheus.ts";
import {gpuWorld} from "../gpus.ts";
import {ruleFile} from "./prometheus.ts";
import {groupsOf} from "./world.ts";

/**
 * Series in the notation of promtool's tests, a value a minute: `0+60x100` is a counter that grows by 60.
 * https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules
 */
export type Series = Readonly<Record<string, string>>;

export interface Case {
  /** Changes to the series of a healthy service; an empty text removes one. */
  readonly changes: Series;
  /** When to evaluate, in minutes after the start; 75 if not given. */
  readonly atM?: number;
  /** Every alert that fires then, and how many times. */
  readonly fires: Readonly<Record<string, number>>;
}

const REGIONS = ["eastus2", "westeurope"];
/** More than an hour, since some alerts must hold for one. */
const LOOKED_AT_M = 75;

/** A healthy region: five requests a second, half of them cancelled. */
const calm: Readonly<Record<string, string>> = {
  meridian_vote: "1",
  'meridian_judged_total{model="copilot-codex",objective="model",verdict="good"}': "+300",
  'meridian_judged_total{model="copilot-codex",objective="model",verdict="failed"}': "+0",
  meridian_requests_total: "+600",
  'meridian_cancels_total{phase="preflight"}': "+120",
  'meridian_cancels_total{phase="streaming"}': "+120",
  meridian_upstream_cancels_total: "+120",
  meridian_upstream_sessions: "4",
  meridian_upstream_sessions_opened_total: "+1",
  'meridian_deployment_share{model="codex",upstream="far",deployment="codex",role="fallback"}': "1",
  'meridian_deployment_gone{model="codex",upstream="far",deployment="codex",role="fallback"}': "0",
  'meridian_deployment_gone{model="codex",upstream="near",deployment="codex",role="own"}': "0",
  'meridian_quota_left{upstream="near",deployment="codex",unit="tokens"}': "500",
  'meridian_quota_limit{upstream="near",deployment="codex",unit="tokens"}': "1000",
  'meridian_spills_total{deployment="codex",reason="429"}': "+1",
  meridian_policy_refused: "0",
  meridian_faults_total: "+0",
  'meridian_connections_ended_total{side="host",reason="ENHANCE_YOUR_CALM"}': "+0",
  // A day before the tests' clock starts.
  'meridian_token_key_timestamp_seconds{kid="a"}': "-86400",
  'envoy_cluster_membership_healthy{envoy_cluster_name="proxy"}': "3",
  'envoy_cluster_membership_total{envoy_cluster_name="proxy"}': "3",
  'envoy_http_downstream_rq_rx_reset{envoy_http_conn_manager_prefix="edge"}': "+240",
  'envoy_http_downstream_cx_total{envoy_http_conn_manager_prefix="edge"}': "+10",
  'envoy_http_downstream_rq_total{envoy_http_conn_manager_prefix="edge"}': "+600",
  envoy_server_days_until_first_cert_expiring: "80",
  ...Object.fromEntries(
    ["a", "b"].flatMap((pod) => [
      [`vllm:num_requests_running{model_name="qwen-coder",pod="${pod}"}`, "3"],
      [`vllm:num_requests_waiting{model_name="qwen-coder",pod="${pod}"}`, "0"],
      [`vllm:kv_cache_usage_perc{model_name="qwen-coder",pod="${pod}"}`, "0.4"],
    ]),
  ),
};

/** `+N` grows by N a minute, `N` stays; anything else is promtool's own. */
function valuesOf(text: string, minutes: number): string {
  if (/^\+[\d.]+$/.test(text)) return `0${text}x${minutes}`;
  return /^-?[\d.]+$/.test(text) ? `${text}+0x${minutes}` : text;
}

const ofRegion = (series: string, region: string): string => {
  const [, name, labels] = /^([\w:]+)(?:\{(.*)\})?$/.exec(series)!;
  return `${name}{${[labels, `region="${region}"`].filter(Boolean).join(",")}}`;
};

/** What `promtool test rules` takes; `changes` are westeurope's. */
export function testFile(ruleFile: string, {changes, atM = LOOKED_AT_M, fires}: Case) {
  const input_series = REGIONS.flatMap((region) => {
    const series = {...calm, ...(region === "westeurope" && changes)};
    return Object.entries(series)
      .filter(([, values]) => values !== "")
      .map(([name, values]) => ({series: ofRegion(name, region), values: valuesOf(values, atM)}));
  });
  const firing = {
    expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
    eval_time: `${atM}m`,
    exp_samples: Object.entries(fires).map(([alertname, value]) => ({
      labels: `{alertname="${alertname}"}`,
      value,
    })),
  };
  const tests = [{interval: "1m", input_series, promql_expr_test: [firing]}];
  return {rule_files: [ruleFile], evaluation_interval: "1m", tests};
}

/** Writes files into a folder that lasts as long as the test; returns their paths. */
export function written(
  t: {after(run: () => void): void},
  files: Readonly<Record<string, string>>,
) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-alerts-"));
  t.after(() => rmSync(folder, {recursive: true}));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return (name: string) => join(folder, name);
}

const program = findPromtool();

/** Why a test is skipped, printed once; false where it runs. */
export function whyNotRun(file: string): string | false {
  if (program) return false;
  console.log(`${file}: ${NO_PROMETHEUS}`);
  return NO_PROMETHEUS;
}

/** Resolves to its output; rejects with it when a rule is broken. */
export const promtool = (...args: string[]): Promise<string> =>
  promisify(execFile)(program!, args).then(
    ({stdout, stderr}) => stdout + stderr,
    ({stdout, stderr}) => Promise.reject(new Error(`${stdout}${stderr}`)),
  );

/** The rules of two regions that have servers of their own too. */
export const groups = groupsOf(gpuWorld);
export const rules = ruleFile(groups, gpuWorld.service.alerts.runbooks);
