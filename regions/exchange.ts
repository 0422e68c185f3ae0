import {z} from "zod";
import {addressFaults, webAddress} from "../proxy/policy.ts";
import {line} from "./name-rules.ts";
import {seconds} from "./units.ts";

/** `service.tokens.exchange` as it is written: who vouches for users. docs/tokens.md has an example of each. */

const address = (may: {readonly mayAsk?: boolean} = {}) =>
  webAddress(/^https$/, "is not an https address; write one, as credentials go there").superRefine(
    (text, context) => {
      for (const fault of addressFaults(text, may)) context.addIssue(fault);
    },
  );

const https = address();
/** An endpoint may have a query, which must be kept (RFC 6749, section 3.2). */
const endpoint = address({mayAsk: true});

const scopeList = z.array(
  z
    .string()
    .regex(
      /^[\x21\x23-\x5b\x5d-\x7e]+$/,
      "is not a scope; write one without spaces, more of them as a list",
    ),
);
const scopes = scopeList.default([]).describe("Scopes that a credential must have, all of them.");

const GITHUB = "https://api.github.com";

const github = z
  .strictObject({
    kind: z.literal("github").describe("GitHub, or a GitHub Enterprise Server."),
    api: https
      .default(GITHUB)
      .describe("Where its REST API is; an enterprise server's ends in /api/v3."),
    organizations: z
      .array(
        z
          .string()
          .regex(
            /^[A-Za-z\d](-?[A-Za-z\d]){0,38}$/,
            "is not a GitHub organization; write its name, as in github.com/NAME",
          ),
      )
      .default([])
      .describe("Users must be members of one of them. Left out: every user of that GitHub."),
    anyone: z
      .literal(true)
      .optional()
      .describe("Lets in every account of github.com, where no organizations are named."),
  })
  .superRefine(({api, organizations, anyone}, context) => {
    const isOpen = organizations.length === 0 && api === GITHUB;
    if (isOpen && !anyone)
      context.addIssue({
        code: "custom",
        message:
          "lets every GitHub account spend your subscription; name your organizations, or write anyone: true",
      });
    if (!isOpen && anyone)
      context.addIssue({
        code: "custom",
        path: ["anyone"],
        message: "is of all of github.com, and fewer are let in; leave it out",
      });
  })
  .transform(({anyone: _, ...exchange}) => exchange);

const oidc = z.strictObject({
  kind: z.literal("oidc").describe("Access tokens of an OpenID provider, checked by its keys."),
  issuer: https.describe("As the tokens' iss says it, to the letter."),
  audience: line.describe("That the tokens' aud must have: this service's name there."),
  claim: line.default("sub").describe("The claim that names the user; it must be stable."),
  scopes,
  groups: z
    .array(line)
    .default([])
    .describe("Users must be in one of them, by the claim groups. Left out: all users."),
});

const introspection = z.strictObject({
  kind: z.literal("introspection").describe("A server that is asked of each credential: RFC 7662."),
  url: endpoint.describe("Its introspection endpoint."),
  clientId: line.describe("As which it is asked; the secret is in each region's vault."),
  audience: line.optional().describe("That its answer's aud must have, where given."),
  scopes,
});

export const exchangeSchema = z
  .discriminatedUnion("kind", [github, oidc, introspection])
  .describe("Who vouches for users.");

export const keyLifetime = seconds("1d", "365d");

export const personalKeysSchema = z
  .strictObject({
    lifetime: keyLifetime.prefault("90d").describe("How long a key is good for."),
    clientId: line.describe("The app at the provider that users sign in to by its device login."),
    scopes: scopeList
      .optional()
      .describe("Asked for in that login. Left out: what the exchange asks for."),
  })
  .optional()
  .describe("Personal keys, made by npm run key. Left out: none are made or taken.");
