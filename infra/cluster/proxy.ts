import type {ComponentResourceOptions, Input, Output} from "@pulumi/pulumi";
import {planOf} from "../../dns/plan.ts";
import {type PolicyInput, PUBLIC_AUDIENCE} from "../../proxy/policy.ts";
import {cloudOf, hasAccount} from "../../regions/clouds/clouds.ts";
import {successorsOf} from "../../regions/models/successors.ts";
import type {Host, Region, Replicas, World} from "../../regions/world.ts";
import {accountUrl} from "../azure/names.ts";
import {Component} from "../component.ts";
import {edgeLimits} from "../envoy/limits.ts";
import {PROXY_ARGS} from "../image/program.ts";
import {fallbackRegions} from "../stacks/fallback-regions.ts";
import {issuerPorts} from "./issuer.ts";
import {toAnything, toWorkload} from "./network-rules.ts";
import {cpuOf, type Pod} from "./pod.ts";
import {REPLICAS_PORT, replicasName} from "./replicas-name.ts";
import {createHeadless, hostOf, Workload} from "./workload.ts";
import type {AccessArgs, Ground} from "./workload-identity.ts";

export interface ProxyArgs {
  readonly world: World;
  readonly ground: Ground;
  readonly image: Input<string>;
  /** The policy, as JSON. */
  readonly policy: string;
  /** The public keys that verify tokens, as a JSON Web Key Set. */
  readonly jwks: Input<string>;
  /** The id of the region's Azure OpenAI account; undefined where that is not sold. */
  readonly modelId: Input<string> | undefined;
}

export const proxyPorts = {http: 8080, admin: 9090} as const;

/** https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle: the last stable dated one. */
const API_VERSION = "2024-10-21";

/** A region's proxies. */
export class Proxies extends Component {
  /** The principal id of their identity. */
  readonly principalId: Output<string>;

  constructor(name: string, args: ProxyArgs, options?: ComponentResourceOptions) {
    super("Proxies", name, options);
    const {access} = createWorkload(args, this);
    this.principalId = access.principalId;
    createHeadless("proxy", args.ground, {port: proxyPorts.http, unready: true}, {parent: this});
    this.registerOutputs({principalId: this.principalId});
  }
}

/**
 * The policy of a region's proxies: regions.yaml's traffic rules, the region's model hosts, and those of
 * the regions that it falls back to.
 */
export function policyOf(world: World, region: Region): PolicyInput {
  const fallbacks = fallbackRegions(world, planOf(world), region);
  const models = modelsServed(world, region, fallbacks);
  return {
    ...world.traffic,
    objective: world.service.objective,
    upstreams: {
      ...Object.fromEntries(
        [region, ...fallbacks].filter(hasAccount).map((one) => [one.name, account(world, one)]),
      ),
      ...Object.fromEntries(region.hosts.map((host) => [host.name, others(host)])),
      ...Object.fromEntries(region.replicas.map((own) => [replicasName(own), servers(own)])),
    },
    models: Object.fromEntries(
      models.map((model) => [model, servedAs(world, models, model, {region, fallbacks})]),
    ),
  };
}

/** What has a deployment or host in the region, or in one that it falls back to. */
function modelsServed({models}: World, region: Region, fallbacks: readonly Region[]): string[] {
  const served = new Set([
    ...modelsOf(region),
    ...fallbacks.flatMap(({deployments}) => deployments.map(({model}) => model)),
  ]);
  return Object.keys(models).filter((model) => served.has(model));
}

function servedAs(
  world: World,
  served: readonly string[],
  model: string,
  {region, fallbacks}: {region: Region; fallbacks: readonly Region[]},
): PolicyInput["models"][string] {
  const {api, parameters, objective, overflow, balance, hedge, ...asked} = world.models[model]!;
  const successor = successorAmong(world, served, model);
  return {
    api,
    ...("template" in asked && {template: asked.template}),
    parameters,
    aliases: aliasesOf(world, served, model),
    ...(successor !== undefined && {successor}),
    ...(objective && {objective}),
    ...(overflow !== undefined && served.includes(overflow) && {overflow}),
    ...(balance !== undefined && {balance}),
    ...(hedge !== undefined && {hedge}),
    deployments: [
      ...deploymentsOf(region, model),
      ...hostsOf(world, region, model),
      ...replicasOf(world, region, model),
    ],
    fallback: fallbacks.flatMap((other) => deploymentsOf(other, model)),
  };
}

/** The first of a model's successors that is served. */
const successorAmong = ({models}: World, served: readonly string[], model: string) =>
  successorsOf(models, model).find((one) => served.includes(one));

/** A model's own, and all names of those that are not served here, and whose place it takes. */
function aliasesOf(world: World, served: readonly string[], model: string): string[] {
  const {models} = world;
  const missed = Object.keys(models).filter(
    (other) => !served.includes(other) && successorAmong(world, served, other) === model,
  );
  return [
    ...models[model]!.aliases,
    ...missed.flatMap((other) => [other, ...models[other]!.aliases]),
  ];
}

type Upstream = PolicyInput["upstreams"][string];

const account = (world: World, region: Region): Upstream => ({
  url: accountUrl(world, region),
  api: "azure",
  apiVersion: API_VERSION,
  credential: {kind: "entra", ...audienceOf(world)},
});

/** Said where it is another than proxies take by themselves, so that older ones read the policy too. */
function audienceOf(world: World) {
  const {audience} = cloudOf(world).models!;
  return audience === PUBLIC_AUDIENCE ? {} : {audience};
}

const others = ({url, protocol, key}: Host): Upstream => ({
  url,
  api: "openai",
  protocol,
  credential: key === undefined ? {kind: "none"} : {kind: "key", file: `secrets/${key}`},
});

/** As the region's stack starts them. */
const servers = (own: Replicas): Upstream => ({
  url: `http://${hostOf(replicasName(own))}:${REPLICAS_PORT}`,
  api: "openai",
  protocol: "http/1.1",
  credential: {kind: "none"},
  replicas: true,
  vllm: {priorities: true},
});

/** The models that a region serves. */
export const modelsOf = ({deployments, hosts, replicas}: Region) => [
  ...new Set([...deployments, ...hosts, ...replicas].map(({model}) => model)),
];

const deploymentsOf = ({name: upstream, deployments}: Region, model: string) =>
  deployments
    .filter((deployment) => deployment.model === model)
    .map(({name, share, priority}) => ({
      upstream,
      name,
      weight: share,
      ...(priority !== undefined && {priority}),
    }));

const hostsOf = ({models}: World, {hosts}: Region, model: string) =>
  hosts
    .filter((host) => host.model === model)
    .map(({name: upstream, share, priority}) => ({
      upstream,
      name: models[model]!.model,
      weight: share,
      ...(priority !== undefined && {priority}),
    }));

const replicasOf = ({models}: World, {replicas}: Region, model: string) =>
  replicas
    .filter((own) => own.model === model)
    .map((own) => ({upstream: replicasName(own), name: models[model]!.model, weight: 100}));

/** The ports of all model hosts. */
export const modelPorts = ({hosts}: Region): number[] => {
  const others = hosts.map(({url}) => Number(new URL(url).port || HTTPS));
  return [...new Set([HTTPS, ...others])];
};

const HTTPS = 443;

function createWorkload(args: ProxyArgs, parent: Proxies) {
  const {ground} = args;
  return new Workload(
    "proxy",
    {
      ground,
      pod: proxyPod(args),
      replicas: ground.region.proxies,
      serves: {port: "http", to: ["edge"]},
      // The ports of the model hosts and of Entra.
      egress: [
        toAnything(...modelPorts(ground.region)),
        toWorkload("issuer", issuerPorts.http),
        ...ground.region.replicas.map((own) => toWorkload(replicasName(own), REPLICAS_PORT)),
      ],
      metrics: {port: "admin", path: "/metrics"},
      roles: modelRoles(args),
    },
    {parent},
  );
}

const modelRoles = ({modelId: on}: ProxyArgs): AccessArgs["roles"] =>
  on === undefined ? {} : {model: {role: "Cognitive Services OpenAI User", on}};

function proxyPod({world, ground: {region}, image, policy, jwks}: ProxyArgs): Pod {
  return {
    image,
    workingDir: "/app",
    command: ["node", ...PROXY_ARGS],
    env: {
      LISTEN: `0.0.0.0:${proxyPorts.http}`,
      ADMIN: `0.0.0.0:${proxyPorts.admin}`,
      REGION: region.name,
      POLICY_FILE: "policy/policy.json",
      JWKS_FILE: "policy/jwks.json",
      TOKEN_ISSUER: `https://${world.service.hostname}`,
      TOKEN_AUDIENCE: world.service.name,
      ISSUER_URL: `http://${hostOf("issuer")}:${issuerPorts.http}`,
      // Longer than two of the edge's health checks; after that, the edge sends it nothing more.
      DRAIN_MS: `${2500 * edgeLimits.voteS}`,
    },
    ports: proxyPorts,
    files: {
      name: "policy",
      folder: "policy",
      data: {"policy.json": policy, "jwks.json": jwks},
      rolls: false,
    },
    secrets: Object.fromEntries(
      region.hosts.flatMap(({key}) => (key === undefined ? [] : [[key, key]])),
    ),
    entra: true,
    // Only the edge looks at the vote: a proxy that is out of rotation is still ready and alive.
    probe: {port: "admin", ready: "/livez", live: "/livez"},
    // The process has a single thread.
    cpu: cpuOf(region.cores),
    memory: "512Mi",
    // More than the proxy's own limit of 30 s.
    graceS: 45,
  };
}
