import type {Case} from "./alerts.rig.ts";

const failed = 'meridian_judged_total{model="copilot-codex",objective="model",verdict="failed"}';
const good = 'meridian_judged_total{model="copilot-codex",objective="model",verdict="good"}';
const healthy = 'envoy_cluster_membership_healthy{envoy_cluster_name="proxy"}';
const known = 'envoy_cluster_membership_total{envoy_cluster_name="proxy"}';
const share =
  'meridian_deployment_share{model="codex",upstream="far",deployment="codex",role="fallback"}';
const goneAbroad =
  'meridian_deployment_gone{model="codex",upstream="far",deployment="codex",role="fallback"}';
const goneHere =
  'meridian_deployment_gone{model="codex",upstream="near",deployment="codex",role="own"}';
const parameter = 'meridian_parameter_refused_total{model="codex",parameter="top_p"}';
const left = 'meridian_quota_left{upstream="near",deployment="codex",unit="tokens"}';
const limit = 'meridian_quota_limit{upstream="near",deployment="codex",unit="tokens"}';
const spilled = 'meridian_spills_total{deployment="codex",reason="429"}';
const preflight = 'meridian_cancels_total{phase="preflight"}';
const resets = 'envoy_http_downstream_rq_rx_reset{envoy_http_conn_manager_prefix="edge"}';
const connections = 'envoy_http_downstream_cx_total{envoy_http_conn_manager_prefix="edge"}';
const ended = 'meridian_connections_ended_total{side="host",reason="ENHANCE_YOUR_CALM"}';
const key = 'meridian_token_key_timestamp_seconds{kid="a"}';
const running = (pod: string) => `vllm:num_requests_running{model_name="qwen-coder",pod="${pod}"}`;
const waiting = 'vllm:num_requests_waiting{model_name="qwen-coder",pod="a"}';
const cache = (pod: string) => `vllm:kv_cache_usage_perc{model_name="qwen-coder",pod="${pod}"}`;
const DAY_S = 86_400;

/** A share of requests that misses the objective in one region misses it by half as much in both. */
const slow = {RegionBurn1d: 1, RegionBurn3d: 1, WorldBurn3d: 1};
const steady = {...slow, RegionBurn6h: 1, WorldBurn1d: 1};

export const cases: Readonly<Record<string, Case>> = {
  "all is well": {changes: {}, fires: {}},
  "one request in five fails": {
    changes: {[failed]: "+75"},
    fires: {...steady, RegionBurn1h: 1, WorldBurn1h: 1, WorldBurn6h: 1},
  },
  "one request in eleven fails": {
    changes: {[failed]: "+30"},
    fires: {...steady, RegionBurn1h: 1, WorldBurn6h: 1},
  },
  "one in 26 fails: for six hours": {changes: {[failed]: "+12"}, fires: steady},
  "one in 51 fails: for a day": {changes: {[failed]: "+6"}, fires: slow},
  "one in 101 fails: for three days": {changes: {[failed]: "+3"}, fires: {RegionBurn3d: 1}},
  "one in 301 fails, as many as may": {changes: {[failed]: "+1"}, fires: {}},
  "everyone failed, until ten minutes ago": {
    changes: {[failed]: "0+300x50 15000+0x200", [good]: "0+0x50 0+300x200"},
    atM: 61,
    fires: {...steady, WorldBurn6h: 1},
  },
  "three of nine fail at night: chance": {
    changes: {[failed]: "0+0x80 0+1x3 3+0x100", [good]: "0+0x80 0+2x3 6+0x100"},
    atM: 90,
    fires: {},
  },
  "no metrics at all": {
    changes: {meridian_vote: ""},
    fires: {RegionSilent: 1},
  },
  "metrics that were lost eight minutes ago, five of which they are held to be current": {
    changes: {meridian_vote: "1+0x67 _x100"},
    fires: {},
  },
  "a third of the proxies vote for themselves": {
    changes: {[healthy]: "1"},
    fires: {RegionOut: 1, LastRegion: 1},
  },
  "two thirds do": {changes: {[healthy]: "2"}, fires: {}},
  "the edge knows no proxy": {
    changes: {[healthy]: "0", [known]: "0"},
    fires: {RegionOut: 1, LastRegion: 1},
  },
  "a proxy is out for a minute": {changes: {[healthy]: "3+0x73 0+0x10"}, fires: {}},
  "one of the two servers that a region is to have tells nothing": {
    changes: {[running("b")]: ""},
    fires: {ReplicasShort: 1},
  },
  "none of them does": {
    changes: {[running("a")]: "", [running("b")]: ""},
    fires: {ReplicasShort: 1},
  },
  "one of them was lost a quarter of an hour ago": {
    changes: {[running("b")]: "3+0x60 _x100"},
    fires: {},
  },
  "three requests wait at two servers": {changes: {[waiting]: "3"}, fires: {ReplicasBusy: 1}},
  "two do, one for each": {changes: {[waiting]: "2"}, fires: {}},
  "servers have no room for prompts": {
    changes: {[cache("a")]: "0.95", [cache("b")]: "0.95"},
    fires: {ReplicasCacheFull: 1},
  },
  "one of them has none": {changes: {[cache("a")]: "0.95"}, fires: {}},
  "no fallback has room": {changes: {[share]: "0"}, fires: {NoFallbackLeft: 1}},
  "a fallback was out for a minute": {changes: {[share]: "1+0x71 0 1+0x10"}, fires: {}},
  "a deployment whose model was retired": {changes: {[goneHere]: "1"}, fires: {DeploymentGone: 1}},
  "a deployment that was made four minutes ago": {
    changes: {[goneHere]: "0+0x71 1+0x100"},
    fires: {},
  },
  "a model that was retired in all regions": {
    changes: {[goneHere]: "1", [goneAbroad]: "1", [share]: "0"},
    fires: {DeploymentGone: 1},
  },
  "a quota that is all but used up each minute": {
    changes: {[left]: "50"},
    fires: {QuotaNearEnd: 1},
  },
  "a quota of which a fifth is left": {changes: {[left]: "200"}, fires: {}},
  "a parameter that a model refuses": {
    changes: {[parameter]: "+2"},
    fires: {ParameterRefused: 1},
  },
  "one that it refused ten requests for": {
    changes: {[parameter]: "0+0x60 0+1x10 10+0x100"},
    fires: {},
  },
  "requests of a host that tells no quota are answered 429": {
    changes: {[left]: "", [limit]: "", [spilled]: "+12"},
    fires: {QuotaNearEnd: 1},
  },
  "one request in 120 is answered 429": {changes: {[spilled]: "+5"}, fires: {}},
  "no model host is told of cancels": {
    changes: {meridian_upstream_cancels_total: "0"},
    fires: {CancelsLost: 1},
  },
  "the proxies hear of no cancel": {
    changes: {
      [preflight]: "",
      'meridian_cancels_total{phase="streaming"}': "",
      meridian_upstream_cancels_total: "",
    },
    fires: {CancelsLost: 1},
  },
  "a quarter of the cancels are too late for the model": {
    changes: {meridian_upstream_cancels_total: "+90"},
    fires: {},
  },
  "nobody cancels": {
    changes: {[resets]: "0", meridian_upstream_cancels_total: "0"},
    fires: {},
  },
  "preflight spares a third of what it did": {
    changes: {[preflight]: "0+120x380 45600+20x200", [resets]: "0+240x380 91200+140x200"},
    atM: 450,
    fires: {PreflightUnusual: 1},
  },
  "preflight spares four fifths of what it did": {
    changes: {[preflight]: "0+120x380 45600+80x200", [resets]: "0+240x380 91200+200x200"},
    atM: 450,
    fires: {},
  },
  "preflight of a region that is an hour old": {
    changes: {[preflight]: "0+120x30 3600+20x200", [resets]: "0+240x30 7200+140x200"},
    fires: {},
  },
  "each request on a connection of its own": {
    changes: {[connections]: "+600"},
    fires: {ClientChurn: 1},
  },
  "a probe of DNS every 15 ms, and two requests a connection": {
    changes: {[connections]: "+350"},
    fires: {},
  },
  "each cancel opens a session to the model": {
    changes: {meridian_upstream_sessions_opened_total: "+120"},
    fires: {UpstreamChurn: 1},
  },
  "sessions that are renewed by age and by cancels": {
    changes: {meridian_upstream_sessions_opened_total: "+3"},
    fires: {},
  },
  "a certificate of 20 days": {
    changes: {envoy_server_days_until_first_cert_expiring: "20"},
    fires: {CertificateNearEnd: 1},
  },
  "a certificate of 21 days": {
    changes: {envoy_server_days_until_first_cert_expiring: "21"},
    fires: {},
  },
  "a key of 336 days": {changes: {[key]: `${-336 * DAY_S}`}, fires: {TokenKeyOld: 1}},
  "a key of 334 days": {changes: {[key]: `${-334 * DAY_S}`}, fires: {}},
  "a policy that is refused": {
    changes: {meridian_policy_refused: "1"},
    fires: {PolicyRefused: 1},
  },
  "one error of the proxy's own": {
    changes: {meridian_faults_total: "0+0x70 1+0x100"},
    fires: {ProxyFault: 1},
  },
  "a host ends a connection every three minutes": {
    changes: {[ended]: "0+0.34x100"},
    fires: {ConnectionsEnded: 1},
  },
  "three connections that ended in a quarter of an hour": {
    changes: {[ended]: "0+0x65 0+1x2 3+0x100"},
    fires: {},
  },
  "an error of an hour ago": {changes: {meridian_faults_total: "0+0x5 1+0x100"}, fires: {}},
  "a policy that was refused, and mended": {
    changes: {meridian_policy_refused: "1+0x60 0+0x100"},
    fires: {},
  },
};
