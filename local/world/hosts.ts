import {randomUUID} from "node:crypto";
import {of} from "../../cloud/kubernetes/pods.ts";
import type {Resource} from "../../cloud/resource.ts";
import type {Policy} from "../../proxy/policy.ts";

/** An endpoint of models that Azure does not host, as a region's proxies are told of it. */
export interface OtherHost {
  readonly hostname: string;
  readonly port: number;
  /** What it calls its models. */
  readonly models: readonly string[];
  /** The family of the first of them, where they are asked by a template; then it is a vLLM server. */
  readonly family: string | undefined;
  readonly http2: boolean;
  /** Name of the secret that opens it; undefined where it is open. */
  readonly secret: string | undefined;
}

/** Those of a region, by the policy that its stack wrote; those that run on its cluster are not among them. */
export function otherHosts(resources: readonly Resource[]): OtherHost[] {
  const {upstreams, models} = policyOf(resources);
  const deployments = Object.values(models).flatMap(({deployments}) => deployments);
  return Object.entries(upstreams).flatMap(([name, {api, url, protocol, credential, replicas}]) => {
    if (api !== "openai" || replicas) return [];
    const {hostname, port} = new URL(url);
    const served = deployments.filter(({upstream}) => upstream === name).map(({name}) => name);
    const secret = credential.kind === "key" ? credential.file.split("/").at(-1) : undefined;
    const how = {family: familyAt(name, models), http2: protocol !== "http/1.1"};
    return [{hostname, port: Number(port || 443), models: served, ...how, secret}];
  });
}

/** The family of the weights that each workload of a region's cluster serves, where it has one. */
export function familiesOf(resources: readonly Resource[]): ReadonlyMap<string, string> {
  const {upstreams, models} = policyOf(resources);
  return new Map(
    Object.entries(upstreams).flatMap(([name, {replicas}]) => {
      const family = replicas && familyAt(name, models);
      return family ? [[name, family] as const] : [];
    }),
  );
}

/** By which template an upstream's models are asked. */
const familyAt = (name: string, models: Policy["models"]): string | undefined =>
  Object.values(models).find(({deployments}) => deployments.some(({upstream}) => upstream === name))
    ?.template;

const drawn = randomUUID();

/** What a platform team would have put into the vault: the same in every region of this world. */
export const hostKey = (secret: string): string => `${secret}-${drawn}`;

function policyOf(resources: readonly Resource[]): Pick<Policy, "upstreams" | "models"> {
  interface ConfigMap {
    readonly metadata: {readonly name: string};
    readonly data: Readonly<Record<string, string>>;
  }
  const maps = of<ConfigMap>(resources, "kubernetes:core/v1:ConfigMap");
  const text = maps.find(({metadata}) => metadata.name === "policy")?.data["policy.json"];
  return text === undefined ? {upstreams: {}, models: {}} : JSON.parse(text);
}
