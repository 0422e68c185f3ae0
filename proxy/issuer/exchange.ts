import {watchFile} from "../file.ts";
import type {Issuing} from "./config.ts";
import {createGithub} from "./github.ts";
import {createIntrospection} from "./introspection.ts";
import {createOidc} from "./oidc.ts";
import {createProviderKeys} from "./provider-keys.ts";

/** Finds out whose credential this is. Rejects with Refusal. */
export type Exchange = (credential: string) => Promise<User>;

export interface User {
  /** Stable, begins with the kind of exchange, and is safe to put in a log. */
  readonly id: string;
  /** Unix milliseconds after which the provider does not vouch for the credential any more. */
  readonly untilMs?: number | undefined;
}

/** The exchange of a kind; `failed` is told of files and keys that cannot be read. */
export function createExchange(
  exchange: Issuing["exchange"],
  failed: (cause: unknown) => void,
): {exchange: Exchange; close(): void} {
  switch (exchange.kind) {
    case "github":
      return {exchange: createGithub(exchange), close() {}};
    case "oidc": {
      const keys = createProviderKeys({issuer: exchange.issuer, failed});
      return {exchange: createOidc(exchange, keys), close: keys.close};
    }
    case "introspection": {
      const secret = watchFile({path: exchange.secretFile, parse: parseSecret, refused: failed});
      return {exchange: createIntrospection(exchange, () => secret.value), close: secret.close};
    }
  }
}

/** As editors and shells leave it: with a newline at its end. */
function parseSecret(text: string): string {
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "") throw new Error("the client secret's file is empty; write the secret into it");
  return secret;
}
