import {generateKeyPairSync} from "node:crypto";
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {createAuthority} from "../cloud/certs.ts";
import {edgeCertificate} from "../infra/envoy/config.ts";
import {edgeFiles} from "../infra/envoy/listener.ts";
import {bundle} from "../infra/image/bundle.ts";
import type {Issuing} from "../proxy/issuer/config.ts";
import {mint} from "../proxy/issuer/mint.ts";
import {readSigningKey} from "../proxy/issuer/signing.ts";
import type {PolicyInput} from "../proxy/policy.ts";
import {MODELS} from "./load/host.ts";

/** The files that targets run from, and who may ask them. */
export interface Stage {
  /** Holds the proxy's bundle and files, and the edge's; targets write theirs into it. */
  readonly folder: string;
  readonly tokens: readonly string[];
  /** PEM of who signed the edge's certificate. */
  readonly authority: string;
  write(path: string, text: string | Uint8Array): string;
  close(): void;
}

/** Editors send one request a second or so: at 10,000 a second that is a thousand of them at work. */
const USERS = 1000;

const issuing: Issuing = {
  issuer: "https://completions.example.com",
  audience: "meridian",
  lifetimeS: 7200,
  exchange: {kind: "github", api: "https://api.github.com", organizations: []},
  endpoints: {
    api: "https://completions.example.com",
    proxy: "https://completions.example.com",
    telemetry: "https://completions.example.com",
  },
  models: [...MODELS],
};

/** The proxy as its image holds it, keys, tokens of a thousand users and a certificate for 127.0.0.1. */
export async function createStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-bench-"));
  const write = (path: string, text: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), {recursive: true});
    writeFileSync(join(folder, path), text, {mode: 0o600});
    return join(folder, path);
  };
  const {files} = await bundle();
  write("main.js", files["main.js"]);
  write("package.json", '{"type": "module"}\n');
  write("secrets/model-key", "the-key\n");
  const authority = await createAuthority();
  const {certificate, key} = await authority.issue(["127.0.0.1"]);
  write("secrets/tls.pem", `${certificate}\n${key}\n`);
  write(edgeFiles.certificate, JSON.stringify(edgeCertificate()));
  const tokens = await createTokens(write);
  const close = () => rmSync(folder, {recursive: true, force: true});
  return {folder, tokens, authority: authority.pem, write, close};
}

async function createTokens(write: Stage["write"]): Promise<string[]> {
  const {privateKey} = generateKeyPairSync("ed25519");
  const key = readSigningKey(privateKey.export({format: "pem", type: "pkcs8"}) as string);
  write("jwks.json", JSON.stringify({keys: [key.jwk]}));
  const users = Array.from({length: USERS}, (_, index) => ({
    user: {id: `github:${index}`},
    id: `ticket-${index}`,
  }));
  const tickets = await Promise.all(users.map((user) => mint(key, issuing, user)));
  return tickets.map(({token}) => token);
}

/** The environment of a proxy on the stage. */
export const proxyEnvironment = (ports: {listen: number; admin: number}) => ({
  LISTEN: `127.0.0.1:${ports.listen}`,
  ADMIN: `127.0.0.1:${ports.admin}`,
  REGION: "westeurope",
  POLICY_FILE: "policy.json",
  JWKS_FILE: "jwks.json",
  TOKEN_ISSUER: issuing.issuer,
  TOKEN_AUDIENCE: issuing.audience,
  DRAIN_MS: "0",
});

/** Everything on, as regions.yaml has it: an objective to vote by, one mutation, one host. */
export const policyOf = (hostPort: number): PolicyInput => ({
  objective: {success: 0.995, firstByteMs: 400, windowMs: 60_000},
  mutations: [{name: "no-eof", logitBias: {"50256": -100}}],
  upstreams: {
    host: {
      url: `http://127.0.0.1:${hostPort}`,
      api: "azure",
      apiVersion: "2024-10-21",
      credential: {kind: "key", file: "secrets/model-key"},
    },
  },
  models: Object.fromEntries(
    MODELS.map((name) => [name, {deployments: [{upstream: "host", name, weight: 1}]}]),
  ),
});
