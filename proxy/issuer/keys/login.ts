import type {Issuing} from "../config.ts";

/** Where and as what a user signs in by the device login (RFC 8628), to have a personal key made. */
export type Login =
  | {
      readonly kind: "github";
      readonly url: string;
      readonly clientId: string;
      readonly scopes: Scopes;
    }
  | {
      readonly kind: "oidc";
      readonly issuer: string;
      readonly clientId: string;
      readonly scopes: Scopes;
    };

type Scopes = readonly string[];

/** Undefined where there is none: the service makes no keys. */
export function loginOf({exchange, keys}: Issuing): Login | undefined {
  if (!keys || exchange.kind === "introspection") return undefined;
  const {clientId, scopes} = keys;
  if (exchange.kind === "oidc") return {kind: "oidc", issuer: exchange.issuer, clientId, scopes};
  return {kind: "github", url: siteOf(exchange.api), clientId, scopes};
}

/**
 * Where GitHub's pages are: `api.github.com` is github.com's, `api.NAME.ghe.com` that of NAME.ghe.com, and
 * `HOST/api/v3` an Enterprise Server's (REST API, "Getting started").
 */
export function siteOf(api: string): string {
  const url = new URL(api);
  const path = url.pathname.replace(/\/(api\/v3\/?)?$/, "");
  const isOfCloud = /^api\.(github\.com|[^.]+\.ghe\.com)$/.test(url.hostname);
  return `${url.protocol}//${isOfCloud ? url.host.slice("api.".length) : url.host}${path}`;
}
