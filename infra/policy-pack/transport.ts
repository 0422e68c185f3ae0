import {byType, type Demand, is, type ResourcePolicy, textOf} from "./policy.ts";
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
      inFile("policy.json", "https for every upstream", asksTls),
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
const FLOORS = ["TLSv1_2", "TLSv1_3"];

/** Every listener but those inside the pod has a TLS context, and each context a floor. */
function takesTls(envoy: unknown): boolean {
  const contexts = contextsIn(envoy);
  const floors = contexts.map(
    (context) =>
      valuesAt(context, ["common_tls_context", "tls_params", "tls_minimum_protocol_version"])[0]!
        .value,
  );
  return floors.length > 0 && floors.every((floor) => FLOORS.includes(textOf(floor)));
}

const DOWNSTREAM = "DownstreamTlsContext";

function contextsIn(tree: unknown): unknown[] {
  if (typeof tree !== "object" || tree === null) return [];
  const type = (tree as {"@type"?: unknown})["@type"];
  const own = textOf(type).endsWith(DOWNSTREAM) ? [tree] : [];
  return [...own, ...Object.values(tree).flatMap(contextsIn)];
}

function asksTls(policy: unknown): boolean {
  if (policy === undefined) return false;
  return valuesAt(policy, ["upstreams", "*", "url"]).every(({value}) =>
    textOf(value).startsWith("https://"),
  );
}
