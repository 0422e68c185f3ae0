import type {World} from "../../regions/world.ts";
import {lines, number, of, quantiles, type Row, rate} from "./panel.ts";
import {worldMap} from "./world-map.ts";

const EDGE = 'envoy_http_conn_manager_prefix="edge"';
const requests = (by: string, matchers?: string) => rate("meridian_requests_total", by, matchers);
const judged = (by: string, matchers?: string) => rate("meridian_judged_total", by, matchers);
const good = 'verdict="good"';
const subject = "region, model, objective";
const ofModel = "region, model";

/** The rows of the dashboard, in order. */
export const rowsOf = (world: World): Row[] => [
  overview(world),
  users(),
  cancels(),
  models(),
  ...(world.regions.some(({replicas}) => replicas.length > 0) ? [servers()] : []),
  experiments(),
  mirrors(),
  votes(),
  edge(),
];

const overview = (world: World): Row => ({
  title: "The world",
  panels: [
    number("Requests", "A second, in all regions chosen.", "reqps", `sum(${requests("region")})`),
    number(
      "As promised",
      "Of requests that count: answered, with the first byte in time.",
      "percentunit",
      `sum(${judged("region", good)}) / sum(${judged("region")})`,
    ),
    number(
      "First byte, p95",
      "From a request's arrival at the proxy.",
      "s",
      `histogram_quantile(0.95, ${rate("meridian_first_byte_seconds_bucket", "le")})`,
    ),
    number(
      "Cancelled",
      "Of all requests: about half is what typing makes.",
      "percentunit",
      `sum(${requests("region", 'outcome="cancelled"')}) / sum(${requests("region")})`,
    ),
    number(
      "Regions in rotation",
      "By their proxies' votes.",
      "short",
      `count(avg by (region) (${of("meridian_vote")}) >= 0.5)`,
    ),
    number(
      "Tokens saved",
      "A second, by estimate: of prompts that were not sent on, of answers that were not made.",
      "cps",
      `sum(${rate("meridian_prompt_tokens_spared_total", ofModel)}) + sum(${rate("meridian_answer_tokens_spared_total", ofModel)})`,
    ),
    worldMap(world),
  ],
});

const users = (): Row => ({
  title: "What users feel",
  panels: [
    lines("Requests by region", "As the proxies count them.", ["reqps", 8], {
      "{{region}}": requests("region"),
    }),
    lines("Requests by outcome", "A cancel is no failure.", ["reqps", 8], {
      "{{outcome}}": requests("outcome"),
    }),
    lines(
      "As promised, by region and model",
      "Of requests that count for an objective of the model.",
      ["percentunit", 8],
      {
        "{{region}} {{model}} {{objective}}": `${judged(subject, good)} / ${judged(subject)}`,
      },
    ),
    lines(
      "First byte",
      "From a request's arrival to the first byte of its answer.",
      ["s", 8],
      quantiles("meridian_first_byte_seconds"),
    ),
    lines(
      "Whole time",
      "From a request's arrival to its end, whatever the end.",
      ["s", 8],
      quantiles("meridian_request_duration_seconds"),
    ),
    lines("First byte by region, p95", "Where it is slow.", ["s", 8], {
      "{{region}}": `histogram_quantile(0.95, ${rate("meridian_first_byte_seconds_bucket", "le, region")})`,
    }),
  ],
});

const cancels = (): Row => ({
  title: "Cancels",
  panels: [
    lines("Cancels by phase", "How far requests had come when their clients left.", ["reqps", 8], {
      "{{phase}}": rate("meridian_cancels_total", "phase"),
    }),
    lines(
      "Cancels on their way",
      "At the edge, at the proxies, and told to model hosts: what differs was cancelled before it was sent on.",
      ["reqps", 8],
      {
        edge: `sum(${rate("envoy_http_downstream_rq_rx_reset", "region", EDGE)})`,
        proxies: `sum(${rate("meridian_cancels_total", "region")})`,
        "model hosts": `sum(${rate("meridian_upstream_cancels_total", "region")})`,
      },
    ),
    lines("Tokens saved", "By estimate.", ["cps", 8], {
      "preflight: prompts not sent on": `sum(${rate("meridian_prompt_tokens_spared_total", ofModel)})`,
      "cancels: answers not made": `sum(${rate("meridian_answer_tokens_spared_total", ofModel)})`,
    }),
  ],
});

const models = (): Row => ({
  title: "Model hosts",
  panels: [
    lines("Spill", "Attempts handed on to the next deployment.", ["reqps", 8], {
      "{{deployment}} {{reason}}": rate("meridian_spills_total", "deployment, reason"),
    }),
    lines("Overflow", "Asked of another model, for want of room.", ["reqps", 8], {
      "{{region}} {{model}} -> {{overflow}}": rate(
        "meridian_overflows_total",
        "region, model, overflow",
      ),
    }),
    lines("Second hosts", "Asked for what was late, by what became of it.", ["reqps", 8], {
      "{{outcome}}": rate("meridian_hedges_total", "outcome"),
    }),
    lines("Waiting spared by second hosts", "A second, by estimate.", ["s", 8], {
      "{{region}} {{model}}": rate("meridian_hedge_saved_seconds_total", ofModel),
    }),
    lines("Requests by deployment", "Its share of what was asked.", ["percentunit", 8], {
      "{{region}} {{deployment}}": `${requests("region, deployment", 'deployment!=""')} / on (region) group_left () ${requests("region", 'deployment!=""')}`,
    }),
    lines("Health of deployments", "1 well, 0 out or without room.", ["percentunit", 8], {
      "{{region}}: {{upstream}} {{deployment}}": `avg by (region, upstream, deployment) (${of("meridian_deployment_share")})`,
    }),
    lines(
      "Deployments gone",
      "1 where a model was retired or a deployment is missing.",
      ["short", 8],
      {
        "{{region}}: {{upstream}} {{deployment}}": `max by (region, upstream, deployment) (${of("meridian_deployment_gone")})`,
      },
    ),
    lines(
      "Calls ahead",
      "What editors send ahead of their people, by how it ended.",
      ["reqps", 8],
      {"{{end}}": rate("meridian_ahead_calls_total", "end")},
    ),
    lines("Quota left", "Of this minute's, as the host last said.", ["percentunit", 8], {
      "{{upstream}} {{deployment}} {{unit}}": `min by (upstream, deployment, unit) (${of("meridian_quota_left")} / ${of("meridian_quota_limit")})`,
    }),
    lines("Sessions", "Open to model hosts.", ["short", 8], {
      "{{region}}": `sum by (region) (${of("meridian_upstream_sessions")})`,
    }),
    lines("Sessions opened", "A cancel opens none.", ["cps", 8], {
      "{{region}}": rate("meridian_upstream_sessions_opened_total", "region"),
    }),
    lines(
      "Connections ended for a fault",
      "With edges and model hosts, by the error code that one side gave.",
      ["cps", 8],
      {"{{side}} {{reason}}": rate("meridian_connections_ended_total", "side, reason")},
    ),
  ],
});

const ofServers = "region, model_name";
const ofServer = "region, pod";

/** By vLLM's own metrics: https://docs.vllm.ai/en/stable/usage/metrics */
const servers = (): Row => ({
  title: "Servers of one's own",
  panels: [
    lines("Servers", "That tell their metrics.", ["short", 8], {
      "{{region}} {{model_name}}": `count by (${ofServers}) (${of("vllm:num_requests_running")})`,
    }),
    lines("Waiting", "Requests that no server has begun.", ["short", 8], {
      "{{region}} {{pod}}": `sum by (${ofServer}) (${of("vllm:num_requests_waiting")})`,
    }),
    lines("Under way", "Requests that a server writes at once.", ["short", 8], {
      "{{region}} {{pod}}": `sum by (${ofServer}) (${of("vllm:num_requests_running")})`,
    }),
    lines("First word by server, p95", "As the server counts it.", ["s", 8], {
      "{{region}} {{pod}}": `histogram_quantile(0.95, ${rate("vllm:time_to_first_token_seconds_bucket", `le, ${ofServer}`)})`,
    }),
    lines("Cache use", "Of the memory for prompts.", ["percentunit", 8], {
      "{{region}} {{pod}}": `avg by (${ofServer}) (${of("vllm:kv_cache_usage_perc")})`,
    }),
    lines("Cache hits", "Of the tokens of prompts: those that were known.", ["percentunit", 8], {
      "{{region}} {{pod}}": `${rate("vllm:prefix_cache_hits_total", ofServer)} / ${rate("vllm:prefix_cache_queries_total", ofServer)}`,
    }),
  ],
});

const arm = 'arm!=""';

const experiments = (): Row => ({
  title: "Experiments, arms side by side",
  panels: [
    lines("Requests", "By arm.", ["reqps", 6], {"{{arm}}": requests("arm", arm)}),
    lines(
      "Cancelled",
      "Of an arm's requests: typed through, or not worth waiting for.",
      ["percentunit", 6],
      {
        "{{arm}}": `${requests("arm", `${arm},outcome="cancelled"`)} / ${requests("arm", arm)}`,
      },
    ),
    lines("First byte, p95", "By arm.", ["s", 6], {
      "{{arm}}": `histogram_quantile(0.95, ${rate("meridian_first_byte_seconds_bucket", "le, arm", arm)})`,
    }),
    lines("Whole time, p95", "By arm.", ["s", 6], {
      "{{arm}}": `histogram_quantile(0.95, ${rate("meridian_request_duration_seconds_bucket", "le, arm", arm)})`,
    }),
  ],
});

const sides = "mirror, side";

const mirrors = (): Row => ({
  title: "Mirrors against what they copy",
  panels: [
    lines("Requests by end", "Of the copies, and of the requests that were copied.", ["reqps", 8], {
      "{{mirror}} {{side}} {{outcome}}": rate("meridian_mirrors_total", `${sides}, outcome`),
    }),
    lines("Succeeded", "Of those that were not cancelled.", ["percentunit", 8], {
      "{{mirror}} {{side}}": `${rate("meridian_mirrors_total", sides, 'outcome="success"')} / ${rate("meridian_mirrors_total", sides, 'outcome!="cancelled"')}`,
    }),
    lines("First byte", "p50 and p95, side by side.", ["s", 8], {
      "p50 {{mirror}} {{side}}": `histogram_quantile(0.5, ${rate("meridian_mirror_first_byte_seconds_bucket", `le, ${sides}`)})`,
      "p95 {{mirror}} {{side}}": `histogram_quantile(0.95, ${rate("meridian_mirror_first_byte_seconds_bucket", `le, ${sides}`)})`,
    }),
  ],
});

const votes = (): Row => ({
  title: "Votes",
  panels: [
    lines(
      "Votes for themselves",
      "Of a region's proxies; under half the region leaves DNS.",
      ["percentunit", 8],
      {
        "{{region}}": `avg by (region) (${of("meridian_vote")})`,
      },
    ),
    lines("Verdicts", "What votes and objective count.", ["reqps", 8], {
      "{{verdict}}": judged("verdict"),
    }),
    lines("Votes by model", "0 where a proxy misses an objective of it.", ["short", 8], {
      "{{region}} {{model}} {{objective}}": `min by (${subject}) (${of("meridian_model_vote")})`,
    }),
    lines("Turned away", "Before a model was known, by error code.", ["reqps", 8], {
      "{{code}}": rate("meridian_refusals_total", "code"),
    }),
    lines("Policy refused", "1 where a proxy goes by an earlier one.", ["short", 8], {
      "{{region}}": `max by (region) (${of("meridian_policy_refused")})`,
    }),
    lines("Age of the key that signs tokens", "A year is its time.", ["s", 8], {
      "{{region}}": `time() - max by (region) (${of("meridian_token_key_timestamp_seconds")})`,
    }),
  ],
});

const edge = (): Row => ({
  title: "The edge",
  panels: [
    lines("Connections of clients", "Open now.", ["short", 6], {
      "{{region}}": `sum by (region) (${of("envoy_http_downstream_cx_active", EDGE)})`,
    }),
    lines("Requests for each new connection", "Editors keep theirs for an hour.", ["short", 6], {
      "{{region}}": `${rate("envoy_http_downstream_rq_total", "region", EDGE)} / ${rate("envoy_http_downstream_cx_total", "region", EDGE)}`,
    }),
    lines("Proxies in rotation", "Of those that the edges know.", ["percentunit", 6], {
      "{{region}}": `${proxies("healthy")} / ${proxies("total")}`,
    }),
    lines("Certificate", "Days to its end.", ["d", 6], {
      "{{region}}": `min by (region) (${of("envoy_server_days_until_first_cert_expiring")})`,
    }),
  ],
});

const proxies = (what: string) =>
  `sum by (region) (${of(`envoy_cluster_membership_${what}`, 'envoy_cluster_name="proxy"')})`;
