import {text} from "node:stream/consumers";
import {type JsonServer, type JsonServerOptions, startJsonServer} from "./json-server.ts";

/** A workload that Entra knows by its assertion. */
export interface Workload {
  readonly clientId: string;
  /** The service-account token that Kubernetes projects into its pods. */
  readonly assertion: string;
  /** The token it is given for that. */
  readonly accessToken: string;
}

const LIFETIME_S = 3600;

/**
 * Stands in for Microsoft Entra's token endpoint, as far as workload identity asks it: discovery and
 * the client-credentials grant with a federated assertion (RFC 7523).
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function startEntra({
  tenant,
  workloads,
  audiences,
  ...options
}: JsonServerOptions & {
  tenant: string;
  workloads: readonly Workload[];
  /** Whom it gives tokens for; anybody if left out. */
  audiences?: readonly string[];
}): Promise<JsonServer> {
  return startJsonServer(options, async (request) => {
    const {url = "", method, headers} = request;
    if (url.startsWith(`/${tenant}/v2.0/.well-known/openid-configuration`))
      return {status: 200, body: discovery(`https://${headers.host}/${tenant}`)};
    if (method !== "POST" || !url.startsWith(`/${tenant}/oauth2/v2.0/token`))
      return {status: 404, body: {error: "not_found"}};
    const form = new URLSearchParams(await text(request));
    const workload = workloads.find(
      ({clientId, assertion}) =>
        clientId === form.get("client_id") && assertion === form.get("client_assertion"),
    );
    if (!workload) return {status: 401, body: unknownWorkload};
    const audience = form.get("scope")?.split("/.default")[0] ?? "";
    if (audiences?.includes(audience) === false)
      return {status: 400, body: unknownAudience(audience, tenant)};
    const {accessToken: access_token} = workload;
    return {status: 200, body: {token_type: "Bearer", expires_in: LIFETIME_S, access_token}};
  });
}

const discovery = (base: string) => ({
  issuer: `${base}/v2.0`,
  authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
  token_endpoint: `${base}/oauth2/v2.0/token`,
  jwks_uri: `${base}/discovery/v2.0/keys`,
});

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const unknownAudience = (audience: string, tenant: string) => ({
  error: "invalid_resource",
  error_description: `AADSTS500011: The resource principal named ${audience} was not found in the tenant named ${tenant}.`,
});

const unknownWorkload = {
  error: "invalid_client",
  error_description:
    "AADSTS700213: No matching federated identity record found for presented assertion.",
};
