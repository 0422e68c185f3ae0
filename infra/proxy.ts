import {ComponentResource, type ComponentResourceOptions, type Input} from "@pulumi/pulumi";
import type {PolicyInput} from "../proxy/policy.ts";
import type {Region, World} from "../regions/world.ts";
import type {Ground} from "./access.ts";
import {edgeLimits} from "./envoy/limits.ts";
import {accountUrl} from "./names.ts";
import type {Pod} from "./pod.ts";
import {createHeadless, Workload} from "./workload.ts";

export interface ProxyArgs {
  readonly world: World;
  readonly ground: Ground;
  readonly image: Input<string>;
  /** Public keys that tokens are checked against, as JSON. */
  readonly jwks: Input<string>;
}

export const proxyPorts = {http: 8080, admin: 9090} as const;

/** https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle: the last stable dated one. */
const API_VERSION = "2024-10-21";

/** A region's proxies. */
export class Proxies extends ComponentResource {
  constructor(name: string, args: ProxyArgs, options?: ComponentResourceOptions) {
    super("meridian:Proxies", name, {}, options);
    createWorkload(args, this);
    createHeadless("proxy", args.ground, proxyPorts.http, {parent: this});
    this.registerOutputs();
  }
}

/** What the proxies of a region do with requests: regions.yaml's rules, and the region's own model host. */
export function policyOf(world: World, region: Region): PolicyInput {
  return {
    ...world.traffic,
    objective: world.service.objective,
    upstreams: {
      [region.name]: {
        url: accountUrl(world, region),
        api: "azure",
        apiVersion: API_VERSION,
        credential: {kind: "key", file: "secrets/model-key"},
      },
    },
    models: Object.fromEntries(
      modelsOf(region).map((model) => [
        model,
        {api: world.models[model]!.api, deployments: deploymentsOf(region, model)},
      ]),
    ),
  };
}

/** The models that a region serves. */
export const modelsOf = ({deployments}: Region) => [
  ...new Set(deployments.map(({model}) => model)),
];

const deploymentsOf = ({name: upstream, deployments}: Region, model: string) =>
  deployments
    .filter((deployment) => deployment.model === model)
    .map(({name, share}) => ({upstream, name, weight: share}));

function createWorkload(args: ProxyArgs, parent: Proxies) {
  const {ground} = args;
  return new Workload(
    "proxy",
    {
      ground,
      pod: proxyPod(args),
      replicas: ground.region.proxies,
      serves: {port: "http", to: "edge"},
    },
    {parent},
  );
}

function proxyPod({world, ground: {region}, image, jwks}: ProxyArgs): Pod {
  const policy = JSON.stringify(policyOf(world, region), null, 2);
  return {
    image,
    workingDir: "/app",
    command: ["node", "main.js"],
    env: {
      LISTEN: `0.0.0.0:${proxyPorts.http}`,
      ADMIN: `0.0.0.0:${proxyPorts.admin}`,
      REGION: region.name,
      POLICY_FILE: "policy/policy.json",
      JWKS_FILE: "policy/jwks.json",
      TOKEN_ISSUER: `https://${world.service.hostname}`,
      TOKEN_AUDIENCE: world.service.name,
      // Two looks of the edge at the vote, and some: what is sent after it would be tried elsewhere.
      DRAIN_MS: `${2500 * edgeLimits.voteS}`,
    },
    ports: proxyPorts,
    files: {
      name: "policy",
      folder: "policy",
      data: {"policy.json": policy, "jwks.json": jwks},
      rolls: false,
    },
    secrets: {"model-key": "model-key"},
    // The vote is for the edge to see: a proxy out of rotation is neither unready nor dead.
    probe: {port: "admin", ready: "/livez", live: "/livez"},
    // A process is one thread.
    cpu: "1",
    memory: "512Mi",
    // Over the proxy's own limit of 30 s.
    graceS: 45,
  };
}
