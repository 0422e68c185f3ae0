import {randomUUID} from "node:crypto";
import {text} from "node:stream/consumers";
import {
  type JsonServer,
  type JsonServerOptions,
  type Reply,
  startJsonServer,
} from "../json-server.ts";
import type {Verdict} from "./id-tokens.ts";

/** An access token that was given. */
export interface Given {
  readonly scope: string;
  readonly endsMs: number;
}

export interface AccessTokens extends JsonServer {
  /** What a service is shown, if Entra gave it and it has not ended. */
  find(token: string): Given | undefined;
  /** The scopes asked for so far, each request one, with what became of it. */
  readonly asked: readonly {readonly scope: string; readonly status: number}[];
}

export interface AccessTokensOptions extends JsonServerOptions {
  readonly tenant: string;
  readonly clientId: string;
  readonly lifetimeS: number;
  readonly judge: (assertion: string) => Promise<Verdict>;
}

const HOST = "login.microsoftonline.com";

/**
 * Stands in for Microsoft Entra where one application signs in by federated assertions, with tokens that end.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export async function startAccessTokens(options: AccessTokensOptions): Promise<AccessTokens> {
  const {tenant, lifetimeS} = options;
  const tokens = new Map<string, Given>();
  const asked: {scope: string; status: number}[] = [];

  async function exchange(form: URLSearchParams): Promise<Reply> {
    // Microsoft's libraries add openid, offline_access and profile.
    const [scope = ""] = (form.get("scope") ?? "").split(" ");
    const fault = await faultOf(form, options);
    asked.push({scope, status: fault ? 401 : 200});
    if (fault) return {status: 401, body: {error: "invalid_client", error_description: fault}};
    const access_token = randomUUID();
    tokens.set(access_token, {scope, endsMs: Date.now() + lifetimeS * 1000});
    return {status: 200, body: {token_type: "Bearer", expires_in: lifetimeS, access_token}};
  }

  const server = await startJsonServer(options, async (request) => {
    const {pathname} = new URL(request.url ?? "", `https://${HOST}`);
    if (pathname === "/common/discovery/instance") return {status: 200, body: clouds(tenant)};
    if (pathname === `/${tenant}/v2.0/.well-known/openid-configuration`)
      return {status: 200, body: discovery(`https://${HOST}/${tenant}`)};
    if (request.method === "POST" && pathname === `/${tenant}/oauth2/v2.0/token`)
      return exchange(new URLSearchParams(await text(request)));
    return {status: 404, body: {error: "not_found"}};
  });
  const find = (token: string) => {
    const given = tokens.get(token);
    return given && given.endsMs > Date.now() ? given : undefined;
  };
  return {...server, find, asked};
}

/** In Entra's words: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
async function faultOf(form: URLSearchParams, {clientId, judge}: AccessTokensOptions) {
  if (form.get("client_id") !== clientId)
    return `AADSTS700016: Application with identifier '${form.get("client_id")}' was not found in the directory.`;
  switch (await judge(form.get("client_assertion") ?? "")) {
    case "good":
      return undefined;
    case "expired":
      return "AADSTS700024: Client assertion is not within its valid time range.";
    case "unknown":
      return "AADSTS700213: No matching federated identity record found for presented assertion.";
  }
}

const discovery = (base: string) => ({
  issuer: `${base}/v2.0`,
  authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
  token_endpoint: `${base}/oauth2/v2.0/token`,
  jwks_uri: `${base}/discovery/v2.0/keys`,
});

/** Which names the public cloud's Entra goes by; Microsoft's libraries ask before they sign in. */
const clouds = (tenant: string) => ({
  tenant_discovery_endpoint: `https://${HOST}/${tenant}/v2.0/.well-known/openid-configuration`,
  "api-version": "1.1",
  metadata: [
    {
      preferred_network: HOST,
      preferred_cache: "login.windows.net",
      aliases: [HOST, "login.windows.net", "login.microsoft.com"],
    },
  ],
});
