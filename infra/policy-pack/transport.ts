import {
  byType,
  type Demand,
  type Inputs,
  is,
  partsOf,
  type ResourcePolicy,
  textOf,
} from "./policy.ts";
import {valuesAt} from "./values.ts";

/** What goes over a network goes by TLS, and not by an old one. */
export const transport: ResourcePolicy = {
  name: "tls-floor",
  why: "Prompts, completions and credentials go over networks by TLS 1.2 or newer alone.",
  mend: "write https and TLSv1_2 or TLSv1_3; what cannot speak it has no place here.",
  demandsOf: byType({
    "azure-native:trafficmanager:Profile": [is("monitorConfig.protocol", "HTTPS")],
    "azure-native:storage:StorageAccount": [
      is("minimumTlsVersion", "TLS1_2", "TLS1_3"),
      is("enableHttpsTrafficOnly", true),
    ],
    "kubernetes:core/v1:ConfigMap": [
      inFile("envoy.json", "TLS 1.2 or newer for whoever connects", takesTls),
      inFile("policy.json", "https for every upstream that is not in the cluster", asksTls),
    ],
  }),
};

/** Of a file of a ConfigMap: it is left out, or its content holds. */
function inFile(name: string, wants: string, holds: (content: unknown) => boolean): Demand {
  return {
    path: ["data", name],
    wants,
    holds: (text) => text === undefined || holds(contentOf(text)),
    hidden: true,
  };
}

/** Undefined where it is not JSON, as none of these files may be. */
function contentOf(text: unknown): unknown {
  try {
    return JSON.parse(textOf(text));
  } catch {
    return undefined;
  }
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/common.proto */
const FLOOR = ["common_tls_context", "tls_params", "tls_minimum_protocol_version"];
const FLOORS = ["TLSv1_2", "TLSv1_3"];

/** Every chain of every listener has a TLS context with a floor, but for those that serve the pod itself. */
function takesTls(envoy: unknown): boolean {
  const listeners = valuesAt(envoy, ["static_resources", "listeners", "*"]);
  const outer = listeners.map(({value}) => partsOf(value)).filter((one) => !isInner(one));
  return outer.length > 0 && outer.every((one) => chainsOf(one).every(hasFloor));
}

/** Reached from within Envoy, or by the kubelet's preStop hook, which speaks no TLS (infra/envoy/pre-stop.ts). */
const isInner = ({name, internal_listener}: Inputs) =>
  name === "stop" || Boolean(internal_listener);

/** One chain at least: without any a listener takes whatever comes. */
function chainsOf(listener: Inputs): unknown[] {
  const chains = valuesAt(listener, ["filter_chains", "*"]).map(({value}) => value);
  const {default_filter_chain: rest} = listener;
  return rest === undefined && chains.length > 0 ? chains : [...chains, rest];
}

function hasFloor(chain: unknown): boolean {
  const {typed_config} = partsOf(partsOf(chain).transport_socket);
  const [floor] = valuesAt(typed_config, FLOOR);
  const isTls = textOf(partsOf(typed_config)["@type"]).endsWith(".DownstreamTlsContext");
  return isTls && FLOORS.includes(textOf(floor!.value));
}

/** Servers of one's own are beside the proxies, as these are beside the edge: no packet between them leaves the network. */
const OUTSIDE_BY_TLS = /^(https:|http:\/\/[a-z\d-]+\.meridian\.svc\.cluster\.local(:\d+)?\/?$)/;

function asksTls(policy: unknown): boolean {
  if (policy === undefined) return false;
  return valuesAt(policy, ["upstreams", "*", "url"]).every(({value}) =>
    OUTSIDE_BY_TLS.test(textOf(value)),
  );
}
