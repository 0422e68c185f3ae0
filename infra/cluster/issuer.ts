import type {ComponentResourceOptions, Input} from "@pulumi/pulumi";
import type {Exchange, Tokens, World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {toInternet} from "./network-rules.ts";
import type {Pod} from "./pod.ts";
import {createHeadless, Workload} from "./workload.ts";
import type {Ground} from "./workload-identity.ts";

export interface IssuerArgs {
  readonly world: World;
  readonly ground: Ground;
  readonly image: Input<string>;
}

export const issuerPorts = {http: 8081} as const;

/** Exchanges a user's credential for a token. Every region has one, so that losing a region stops nobody from signing in. */
export class Issuer extends Component {
  constructor(name: string, args: IssuerArgs, options?: ComponentResourceOptions) {
    super("Issuer", name, options);
    createWorkload(args, this);
    createHeadless("issuer", args.ground, {port: issuerPorts.http}, {parent: this});
    this.registerOutputs();
  }
}

/** The issuer's configuration file. */
export function issuingOf(world: World) {
  const {hostname, name, tokens} = world.service;
  const self = `https://${hostname}`;
  return {
    issuer: self,
    audience: name,
    lifetimeS: tokens.lifetimeS,
    exchange: exchangeOf(tokens.exchange),
    ...(tokens.keys && {keys: tokens.keys}),
    endpoints: {api: self, proxy: self, telemetry: self},
    // The same in every region, because DNS may send its holder to any of them.
    models: Object.keys(world.models),
  };
}

/** The secret of `clientId`, which the platform team puts into the vault under this name. */
const CLIENT_SECRET = "introspection-client-secret";

/** The exchange from regions.yaml, with the file of its secret. */
function exchangeOf(exchange: Exchange) {
  if (exchange.kind !== "introspection") return exchange;
  return {...exchange, secretFile: `secrets/${CLIENT_SECRET}`};
}

/** Maps file names to vault secrets; each has the name of its secret. */
function secretsOf({exchange, keys}: Tokens): Record<string, string> {
  const names = ["token-signing-key", "token-signing-key-next"];
  if (exchange.kind === "introspection") names.push(CLIENT_SECRET);
  if (keys) names.push("sealing-key", "sealing-key-next");
  return Object.fromEntries(names.map((name) => [name, name]));
}

function createWorkload(args: IssuerArgs, parent: Issuer) {
  return new Workload(
    "issuer",
    {
      ground: args.ground,
      pod: issuerPod(args),
      replicas: args.ground.region.issuers,
      serves: {port: "http", to: ["edge", "proxy"]},
      // GitHub or the identity provider.
      egress: [toInternet(args.ground.region.network.space)],
    },
    {parent},
  );
}

const sealingFiles = {
  SEALING_KEY_FILE: "secrets/sealing-key",
  NEXT_SEALING_KEY_FILE: "secrets/sealing-key-next",
};

function issuerPod({world, image}: IssuerArgs): Pod {
  const config = JSON.stringify(issuingOf(world), null, 2);
  return {
    image,
    workingDir: "/app",
    command: ["node", "issuer.js"],
    env: {
      LISTEN: `0.0.0.0:${issuerPorts.http}`,
      CONFIG_FILE: "config/issuer.json",
      SIGNING_KEY_FILE: "secrets/token-signing-key",
      NEXT_SIGNING_KEY_FILE: "secrets/token-signing-key-next",
      ...(world.service.tokens.keys && sealingFiles),
    },
    ports: issuerPorts,
    files: {name: "issuer", folder: "config", data: {"issuer.json": config}, rolls: true},
    secrets: secretsOf(world.service.tokens),
    probe: {port: "http", ready: "/livez", live: "/livez"},
    cpu: "250m",
    memory: "256Mi",
    // Until the edge has noticed: it resolves names every 2 s, and the cluster caches them for 5.
    preStop: {sleep: {seconds: 10}},
    graceS: 30,
  };
}
