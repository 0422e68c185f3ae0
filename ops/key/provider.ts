import {z} from "zod";
import {askJson} from "./ask.ts";
import type {LoginPlace, Tokens} from "./device-login.ts";
import type {Login} from "./service.ts";

/** OpenID Connect Discovery 1.0, section 3, and RFC 8628, section 4. */
const metadataSchema = z.object({
  issuer: z.string(),
  device_authorization_endpoint: z.url().optional(),
  token_endpoint: z.url(),
});

/** Where the service's identity provider has its device login. */
export async function placeOf(login: Login): Promise<LoginPlace> {
  const {clientId, scopes} = login;
  if (login.kind === "oidc") return {...(await discover(login.issuer)), clientId, scopes};
  // https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow
  const at = (path: string) => `${login.url}/login/${path}`;
  return {authorize: at("device/code"), token: at("oauth/access_token"), clientId, scopes};
}

async function discover(issuer: string) {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const {body} = await askJson(url);
  const {data} = metadataSchema.safeParse(body);
  if (data?.issuer !== issuer) throw new Error(`${url} is no discovery document of ${issuer}.`);
  const {device_authorization_endpoint: authorize, token_endpoint: token} = data;
  if (authorize === undefined)
    throw new Error(
      `${issuer} has no device login: ${url} names no device_authorization_endpoint. Have it turned on there.`,
    );
  return {authorize, token};
}

/** What a key can hold for long. Throws an Error where the provider gave nothing of the kind. */
export function lastingOf({kind, clientId}: Login, tokens: Tokens): string {
  if (kind === "oidc") {
    if (tokens.refresh_token !== undefined) return tokens.refresh_token;
    throw new Error(
      `The provider gave no refresh token, which a key needs. Have the app ${clientId} allowed the scope offline_access.`,
    );
  }
  if (tokens.expires_in === undefined) return tokens.access_token;
  throw new Error(
    `The tokens of the app ${clientId} end after ${Math.round(tokens.expires_in / 3600)} hours, and a key would end with them. Have its owner opt out of expiring user tokens, or take an OAuth app.`,
  );
}
