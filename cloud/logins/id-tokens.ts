import {randomUUID} from "node:crypto";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {type CryptoKey, errors, generateKeyPair, jwtVerify, SignJWT} from "jose";

/** Whom Entra wants a job's token to be for. */
const AUDIENCE = "api://AzureADTokenExchange";
const ISSUER = "https://token.actions.githubusercontent.com";

/** What is to be said of an assertion. */
export type Verdict = "good" | "expired" | "unknown";

export interface IdTokens {
  /** What GitHub gives each step of a job. */
  readonly env: Readonly<Record<string, string>>;
  /** How many it has given. */
  given(): number;
  judge(assertion: string): Promise<Verdict>;
  close(): void;
}

/**
 * Stands in for the address at which GitHub gives a job tokens of its own, each for so many seconds.
 * https://docs.github.com/actions/reference/security/oidc
 */
export async function startIdTokens({
  subject,
  lifetimeS,
}: {
  /** repo:OWNER/NAME:environment:NAME */
  subject: string;
  lifetimeS: number;
}): Promise<IdTokens> {
  const {privateKey, publicKey} = await generateKeyPair("ES256");
  const secret = randomUUID();
  let given = 0;
  const server = createServer(async ({url = "", headers}, response) => {
    const {pathname, searchParams} = new URL(url, "http://job");
    const isKnown = headers.authorization?.toLowerCase() === `bearer ${secret}`;
    if (pathname !== "/token" || !isKnown || searchParams.get("audience") !== AUDIENCE)
      return void response.writeHead(isKnown ? 404 : 401).end();
    given++;
    const value = await sign(privateKey, {subject, lifetimeS});
    response.writeHead(200, {"content-type": "application/json"}).end(JSON.stringify({value}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  return {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret,
    },
    given: () => given,
    judge: (assertion) => judge(assertion, publicKey, subject),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const sign = (key: CryptoKey, {subject, lifetimeS}: {subject: string; lifetimeS: number}) =>
  new SignJWT()
    .setProtectedHeader({alg: "ES256", typ: "JWT"})
    .setIssuer(ISSUER)
    .setSubject(subject)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeS}s`)
    .sign(key);

async function judge(assertion: string, key: CryptoKey, subject: string): Promise<Verdict> {
  try {
    await jwtVerify(assertion, key, {issuer: ISSUER, audience: AUDIENCE, subject});
    return "good";
  } catch (error) {
    return error instanceof errors.JWTExpired ? "expired" : "unknown";
  }
}
