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
  /** Name of the secret that opens it; undefined where it is open. */
  readonly secret: string | undefined;
}

/** Those of a region, by the policy that its stack wrote. */
export function otherHosts(resources: readonly Resource[]): OtherHost[] {
  const {upstreams, models} = policyOf(resources);
  const deployments = Object.values(models).flatMap(({deployments}) => deployments);
  return Object.entries(upstreams).flatMap(([name, {api, url, credential}]) => {
    if (api !== "openai") return [];
    const {hostname, port} = new URL(url);
    const served = deployments.filter(({upstream}) => upstream === name).map(({name}) => name);
    const secret = credential.kind === "key" ? credential.file.split("/").at(-1) : undefined;
    return [{hostname, port: Number(port || 443), models: served, secret}];
  });
}

const drawn = randomUUID();

/** What a platform team would have put into the vault: the same in every region of this world. */
export const hostKey = (secret: string): string => `${secret}-${drawn}`;

function policyOf(resources: readonly Resource[]): Pick<Policy, "upstreams" | "models"> {
  interface ConfigMap {
    readonly data: Readonly<Record<string, string>>;
  }
  const maps = of<ConfigMap>(resources, "kubernetes:core/v1:ConfigMap");
  const text = maps.find(({data}) => data["policy.json"])?.data["policy.json"];
  return text === undefined ? {upstreams: {}, models: {}} : JSON.parse(text);
}
