import {z} from "zod";
import {faults} from "../config.ts";

/** Credentials go there: by https, or by http to this machine alone. */
export const address = z.url({protocol: /^https?$/}).refine(isPrivate, {
  error: "is not an https address",
});

/** Which claims a credential must have. */
const requirements = {
  /** All of them (RFC 8693, section 4.2: `scope`; `scp` of Microsoft Entra and Okta). */
  scopes: z.array(z.string()).default([]),
};

const github = z.strictObject({
  kind: z.literal("github"),
  api: address,
  /** The user must be an active member of one of them; empty lets every user in. */
  organizations: z.array(z.string()).default([]),
});

const oidc = z.strictObject({
  kind: z.literal("oidc"),
  issuer: address,
  audience: z.string().min(1),
  /** That names the user. */
  claim: z.string().min(1).default("sub"),
  ...requirements,
  /** One of them, in `groups`; empty asks for none. */
  groups: z.array(z.string()).default([]),
});

const introspection = z.strictObject({
  kind: z.literal("introspection"),
  url: address,
  clientId: z.string().min(1),
  /** Holds the client's secret. */
  secretFile: z.string().min(1),
  audience: z.string().min(1).optional(),
  ...requirements,
});

const exchangeSchema = z.discriminatedUnion("kind", [github, oidc, introspection]);

/** Personal keys, and the app that users sign in to for them. */
const keysSchema = z.strictObject({
  lifetimeS: z.number().int().positive(),
  clientId: z.string().min(1),
  /** Asked for with each access token. */
  scopes: z.array(z.string()),
});

/** What an issuer is told by its stack. */
const issuerSchema = z
  .strictObject({
    /** The `iss` of its tokens. */
    issuer: z.url(),
    audience: z.string().min(1),
    lifetimeS: z.number().int().min(600).max(7200),
    exchange: exchangeSchema,
    /** Left out where the service makes no personal keys. */
    keys: keysSchema.optional(),
    /** Handed to clients with each token. */
    endpoints: z.strictObject({api: z.url(), proxy: z.url(), telemetry: z.url()}),
    /** Names of the models a token covers. */
    models: z.array(z.string()).min(1),
  })
  .refine(({exchange, keys}) => !keys || exchange.kind !== "introspection", {
    path: ["keys"],
    error: "needs a login, which introspection has none of",
  });

export type Issuing = Readonly<z.output<typeof issuerSchema>>;
export type PersonalKeyTerms = Readonly<z.output<typeof keysSchema>>;
export type GithubExchange = Readonly<z.output<typeof github>>;
export type OidcExchange = Readonly<z.output<typeof oidc>>;
export type IntrospectionExchange = Readonly<z.output<typeof introspection>>;

/** Throws an Error that lists every fault, a line each. */
export function parseIssuing(text: string): Issuing {
  const result = issuerSchema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new Error(`The issuer's configuration is not valid:\n${faults(result.error)}`);
}

function isPrivate(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || url?.hostname === "127.0.0.1";
}
