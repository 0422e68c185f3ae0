import {HEALTHY_PERCENT} from "../envoy/limits.ts";
import {type Alert, EVERY_M, type Level, type Recording, type Rule} from "./rule.ts";

/** 1 while a region is in rotation by its edges' health page, else 0. */
export const IN_ROTATION = "region:meridian_in:bool";

/** What goes wrong in one region; `region` is its name. */
export function regionRules(level: Level, region: string): Rule[] {
  return [
    inRotation(level),
    preflightShare(level),
    silent(level, region),
    out(level),
    noFallback(level),
    gone(level),
    quota(level),
    parameterRefused(level),
    cancelsLost(level),
    preflightUnusual(level),
    clientChurn(level),
    upstreamChurn(level),
    certificate(level),
    tokenKey(level),
    policyRefused(level),
    proxyFault(level),
    connectionsEnded(level),
  ];
}

const REGION = "{{ $labels.region }}";
const DAY_S = 86_400;

const proxiesOf = (level: Level, what: "healthy" | "total") =>
  level.sum(level.of(`envoy_cluster_membership_${what}`, 'envoy_cluster_name="proxy"'));

/** What the edge answers to DNS's probes; a cluster without proxies is out. */
const inRotation = (level: Level): Recording => ({
  record: IN_ROTATION,
  expression: `(${proxiesOf(level, "healthy")} >= bool ${HEALTHY_PERCENT / 100} * ${proxiesOf(level, "total")}) * (${proxiesOf(level, "total")} > bool 0)`,
});

/** The region sends no metrics, so none of its rules can fire. */
const silent = (level: Level, region: string): Alert => ({
  alert: "RegionSilent",
  expression: `absent(${level.of("meridian_vote")})`,
  forM: 5,
  severity: "page",
  summary: `No proxy of ${region} tells its metrics`,
  description: "Either no proxy runs, or what collects their metrics does not.",
  runbook: "region-silent",
});

const out = (level: Level): Alert => ({
  alert: "RegionOut",
  expression: `${level.of(IN_ROTATION)} == 0`,
  forM: 2,
  severity: "page",
  summary: `${REGION} is out of rotation`,
  description: `Fewer than ${HEALTHY_PERCENT} % of its proxies vote for themselves: DNS sends its users elsewhere.`,
  runbook: "region-out",
});

/**
 * Looks over 5 minutes, because a deployment that is out is tried again every minute. A model that was retired has
 * its own alert, and may have a successor.
 */
const noFallback = (level: Level): Alert => {
  const share = `avg_over_time(${level.of("meridian_deployment_share", 'role="fallback"')}[5m])`;
  const allGone = `min by (region, model) (${level.of("meridian_deployment_gone", 'role="fallback"')}) == 1`;
  return {
    alert: "NoFallbackLeft",
    expression: `max by (region, model) (${share}) < 0.5 unless ${allGone}`,
    forM: 2,
    severity: "page",
    summary: `Nobody is left to take over {{ $labels.model }} from ${REGION}`,
    description:
      "All deployments of other regions are out or have no room: if the region's own fail, its users do.",
    runbook: "no-fallback-left",
  };
};

/** Each region tells of its own. A new deployment may be missing for five minutes. */
const gone = (level: Level): Alert => ({
  alert: "DeploymentGone",
  expression: `max by (region, model, upstream, deployment) (${level.of("meridian_deployment_gone", 'role="own"')}) == 1`,
  forM: 5,
  severity: "ticket",
  summary: `{{ $labels.deployment }} of {{ $labels.upstream }} is gone (${REGION})`,
  description:
    "Its host says that its model was retired (410), or that it has no such deployment (404). What was asked of it is served by other deployments of {{ $labels.model }}, then by its successor, if there is one.",
  runbook: "deployment-gone",
});

/** A quota is used up and restored within a minute, so the lowest value counts. */
const quota = (level: Level): Alert => {
  const of = (what: string) => `min_over_time(${level.of(`meridian_quota_${what}`)}[5m])`;
  const left = `min by (region, upstream, deployment, unit) (${of("left")} / ${of("limit")}) < 0.1`;
  const refused = level.of("meridian_spills_total", 'reason="429"');
  const share = `sum by (region, deployment) (rate(${refused}[5m])) / on (region) group_left () ${level.sum(`rate(${level.of("meridian_requests_total")}[5m])`)}`;
  return {
    alert: "QuotaNearEnd",
    expression: `${left} or ${share} > 0.01`,
    forM: 10,
    severity: "ticket",
    summary: `The quota of {{ $labels.deployment }} nears its end in ${REGION}`,
    description:
      "Less than a tenth of a minute's quota is left at its lowest, or one request in a hundred is answered 429 and spills.",
    runbook: "quota-near-end",
  };
};

/** A few may be two clients' own doing; what all editors send is refused of all. */
const parameterRefused = (level: Level): Alert => ({
  alert: "ParameterRefused",
  expression: `sum by (region, model, parameter) (increase(${level.of("meridian_parameter_refused_total")}[15m])) > 10`,
  forM: 5,
  severity: "ticket",
  summary: `{{ $labels.model }} refuses {{ $labels.parameter }}, which the service sends it (${REGION})`,
  description:
    "Its host answers 400 and names the parameter. Whoever is asked for a completion so sees none. regions.yaml is to say that the model does not take it.",
  runbook: "parameter-refused",
});

/** Cancels before the request was sent on: they came with the body, or during the preflight. */
const EARLY = 'phase=~"body|preflight"';
const EDGE = 'envoy_http_conn_manager_prefix="edge"';

/** The model never hears of early cancels; up to half of the others may race with the end of the stream. */
const cancelsLost = (level: Level): Alert => {
  const rate = (metric: string, matchers?: string) =>
    level.sum(`rate(${level.of(metric, matchers)}[10m])`);
  const edge = rate("envoy_http_downstream_rq_rx_reset", EDGE);
  const early = `(${rate("meridian_cancels_total", EARLY)} or 0 * ${edge})`;
  const told = `(${rate("meridian_upstream_cancels_total")} or 0 * ${edge})`;
  return {
    alert: "CancelsLost",
    expression: `${told} < 0.5 * (${edge} - ${early}) and ${edge} - ${early} > 0.2`,
    forM: 10,
    severity: "ticket",
    summary: `Cancels in ${REGION} do not reach the model`,
    description:
      "Clients cancel at the edge, and model hosts are told of less than half: they go on writing what nobody reads.",
    runbook: "cancels-lost",
  };
};

const SHARE = "region:meridian_early:share_30m";

const preflightShare = (level: Level): Recording => {
  const cancels = (matchers?: string) =>
    level.sum(`rate(${level.of("meridian_cancels_total", matchers)}[30m])`);
  return {record: SHARE, expression: `${cancels(EARLY)} / ${cancels()}`};
};

/** Compares with the last six hours; a new region has nothing to compare with. */
const KNOWN_M = 6 * 60;

/** Compares with the day before, because what is usual depends on the editors and their networks. */
const preflightUnusual = (level: Level): Alert => {
  const share = level.of(SHARE);
  const cancels = level.sum(`rate(${level.of("meridian_cancels_total")}[30m])`);
  const known = `count_over_time(${share}[1d]) > ${KNOWN_M / EVERY_M}`;
  return {
    alert: "PreflightUnusual",
    expression: `abs(${share} / avg_over_time(${share}[1d]) - 1) > 0.5 and ${cancels} > 0.5 and ${known}`,
    forM: 30,
    severity: "ticket",
    summary: `Cancels in ${REGION} come at another time than they did in the last day`,
    description:
      "The share of cancels that come before a request is sent on differs by more than half from that of the last day.",
    runbook: "preflight-unusual",
  };
};

/** DNS's probes make five connections a second. Editors keep theirs for an hour. */
const clientChurn = (level: Level): Alert => {
  const rate = (what: string) =>
    level.sum(`rate(${level.of(`envoy_http_downstream_${what}_total`, EDGE)}[15m])`);
  return {
    alert: "ClientChurn",
    expression: `${rate("cx")} > 5 + 0.2 * ${rate("rq")}`,
    forM: 15,
    severity: "ticket",
    summary: `Clients of ${REGION} do not keep their connections`,
    description:
      "{{ $value | humanize }} new connections a second: more than one in five requests.",
    runbook: "session-churn",
  };
};

/** A session is replaced every 10 to 15 minutes, and by one cancel in 700; this is somewhat over twice both. */
const upstreamChurn = (level: Level): Alert => ({
  alert: "UpstreamChurn",
  expression: `${level.sum(`rate(${level.of("meridian_upstream_sessions_opened_total")}[15m])`)} > 0.02 * ${level.sum(`rate(${level.of("meridian_requests_total")}[15m])`)} + ${level.sum(level.of("meridian_upstream_sessions"))} / 300`,
  forM: 15,
  severity: "ticket",
  summary: `Sessions of ${REGION} to model hosts do not last`,
  description: "{{ $value | humanize }} new sessions a second, more than age and cancels explain.",
  runbook: "session-churn",
});

/** A vault renews a certificate 30 days before it ends; after nine of them something is wrong. */
const CERTIFICATE_DAYS = 21;

const certificate = (level: Level): Alert => ({
  alert: "CertificateNearEnd",
  expression: `min by (region) (${level.of("envoy_server_days_until_first_cert_expiring")}) < ${CERTIFICATE_DAYS}`,
  forM: 60,
  severity: "ticket",
  summary: `The certificate of ${REGION} ends in {{ $value }} days`,
  description: "When it has ended no editor connects. Nothing has renewed it so far.",
  runbook: "certificate-near-end",
});

/** Signing keys are commonly rotated every year; this leaves a month to plan it. */
const KEY_DAYS = 365 - 30;

const tokenKey = (level: Level): Alert => ({
  alert: "TokenKeyOld",
  expression: `time() - max by (region) (${level.of("meridian_token_key_timestamp_seconds")}) > ${KEY_DAYS * DAY_S}`,
  forM: 60,
  severity: "ticket",
  summary: `The key that signs tokens is to be changed within a month (${REGION})`,
  description: "It has signed for {{ $value | humanizeDuration }}; a year is its time.",
  runbook: "token-key-old",
});

const policyRefused = (level: Level): Alert => ({
  alert: "PolicyRefused",
  expression: `max by (region) (${level.of("meridian_policy_refused")}) == 1`,
  forM: 2,
  severity: "ticket",
  summary: `Proxies of ${REGION} refuse their policy`,
  description: "The last good one is in force: what was changed since, revocations too, is not.",
  runbook: "policy-refused",
});

const proxyFault = (level: Level): Alert => ({
  alert: "ProxyFault",
  expression: `${level.sum(`increase(${level.of("meridian_faults_total")}[15m])`)} > 0`,
  forM: 0,
  severity: "ticket",
  summary: `The proxy's own code has failed in ${REGION}`,
  description: "What it was about was answered 500, or ended; everything else went on.",
  runbook: "proxy-fault",
});

/** One may be a peer's that was being replaced; each ends all streams that were on it. */
const connectionsEnded = (level: Level): Alert => ({
  alert: "ConnectionsEnded",
  expression: `sum by (region, side, reason) (increase(${level.of("meridian_connections_ended_total")}[15m])) > 3`,
  forM: 0,
  severity: "ticket",
  summary: `Connections of ${REGION}'s proxies with the {{ $labels.side }} end for {{ $labels.reason }}`,
  description:
    "One side has said that the other breaks HTTP/2 or asks too much of it. All streams of such a connection end with it.",
  runbook: "connections-ended",
});
