import {ComponentResource, type ComponentResourceOptions, type Input} from "@pulumi/pulumi";
import type {Exchange, World} from "../../regions/world.ts";
import type {Ground} from "../azure/access.ts";
import {toInternet} from "./network-rules.ts";
import type {Pod} from "./pod.ts";
import {createHeadless, Workload} from "./workload.ts";

export interface IssuerArgs {
  readonly world: World;
  readonly ground: Ground;
  readonly image: Input<string>;
}

export const issuerPorts = {http: 8081} as const;

/** What trades a user's credential for a token, in every region: tokens must outlive a region. */
export class Issuer extends ComponentResource {
  constructor(name: string, args: IssuerArgs, options?: ComponentResourceOptions) {
    super("meridian:Issuer", name, {}, options);
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
    endpoints: {api: self, proxy: self, telemetry: self},
    // The same in every region: DNS may send who holds it to any.
    models: Object.keys(world.models),
  };
}

/** The vault's name for what the platform team puts there: the secret of `clientId`. */
const CLIENT_SECRET = "introspection-client-secret";

/** What regions.yaml says, and where its secret is. */
function exchangeOf(exchange: Exchange) {
  if (exchange.kind !== "introspection") return exchange;
  return {...exchange, secretFile: `secrets/${CLIENT_SECRET}`};
}

/** File to vault secret: each by its own name. */
function secretsOf({kind}: Exchange): Record<string, string> {
  const names = ["token-signing-key", "token-signing-key-next"];
  if (kind === "introspection") names.push(CLIENT_SECRET);
  return Object.fromEntries(names.map((name) => [name, name]));
}

function createWorkload(args: IssuerArgs, parent: Issuer) {
  return new Workload(
    "issuer",
    {
      ground: args.ground,
      pod: issuerPod(args),
      replicas: args.ground.region.issuers,
      serves: {port: "http", to: "edge"},
      // Who vouches for users is out in the world.
      egress: [toInternet(args.ground.region.network.space)],
    },
    {parent},
  );
}

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
    },
    ports: issuerPorts,
    files: {name: "issuer", folder: "config", data: {"issuer.json": config}, rolls: true},
    secrets: secretsOf(world.service.tokens.exchange),
    probe: {port: "http", ready: "/livez", live: "/livez"},
    cpu: "250m",
    memory: "256Mi",
    // Until the edge has seen that it goes: names are asked again after 2 s, and kept for 5 on the way.
    preStop: {sleep: {seconds: 10}},
    graceS: 30,
  };
}
