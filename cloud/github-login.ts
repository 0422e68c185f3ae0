import {randomBytes, randomInt} from "node:crypto";
import type {IncomingMessage} from "node:http";
import {text} from "node:stream/consumers";
import {z} from "zod";
import {jsonOf} from "../editor/json.ts";
import type {Reply} from "./json-server.ts";

/** The device login of github.com, for one app: what it answers, and who has approved. */
export interface DeviceLogins {
  /** Undefined for a path that is not of it. */
  replyTo(request: IncomingMessage): Promise<Reply | undefined>;
  /** Whose access token it gave and did not take back. */
  holderOf(token: string): string | undefined;
}

/** The only app that the stand-in knows. */
export const CLIENT_ID = "Ov23liMeridianWorld0";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const DAY_S = 86_400;
const EXPIRES_S = 900;
const INTERVAL_S = 5;

interface Begun {
  readonly deviceCode: string;
  readonly scope: string;
  readonly endsMs: number;
  intervalS: number;
  /** From when on it may be asked for. */
  nextMs: number;
  /** Who approved; null where it was turned down. */
  login?: string | null;
}

/**
 * Answers as "Authorizing OAuth apps", section "Device flow", says: https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow
 * `personOf` knows who has a credential. In place of GitHub's page, `POST /login/device` with such a credential
 * approves `user_code`, or with `deny` turns it down.
 */
export function createDeviceLogins({
  personOf,
  now = Date.now,
}: {
  personOf: (credential: string) => string | undefined;
  now?: () => number;
}): DeviceLogins {
  /** By their user codes. */
  const begun = new Map<string, Begun>();
  const tokens = new Map<string, string>();

  function begin(form: URLSearchParams): Reply {
    if (form.get("client_id") !== CLIENT_ID) return {status: 404, body: {error: "Not Found"}};
    const deviceCode = randomBytes(20).toString("hex");
    const userCode = newUserCode();
    const scope = form.get("scope") ?? "";
    begun.set(userCode, {
      ...{deviceCode, scope, endsMs: now() + EXPIRES_S * 1000},
      ...{intervalS: INTERVAL_S, nextMs: now() + INTERVAL_S * 1000},
    });
    const body = {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: "https://github.com/login/device",
      expires_in: EXPIRES_S,
      interval: INTERVAL_S,
    };
    return {status: 200, body};
  }

  /** Its errors come with a 200. */
  function redeem(form: URLSearchParams): Reply {
    if (form.get("client_id") !== CLIENT_ID) return refused("incorrect_client_credentials");
    if (form.get("grant_type") !== GRANT) return refused("unsupported_grant_type");
    const entry = [...begun].find(([, {deviceCode}]) => deviceCode === form.get("device_code"));
    if (!entry) return refused("incorrect_device_code");
    const [code, login] = entry;
    if (login.endsMs <= now()) return refused("expired_token");
    const early = now() < login.nextMs;
    if (early) login.intervalS += 5;
    login.nextMs = now() + login.intervalS * 1000;
    if (early) return refused("slow_down", {interval: login.intervalS});
    if (login.login === undefined) return refused("authorization_pending");
    begun.delete(code);
    if (login.login === null) return refused("access_denied");
    return {status: 200, body: give(login.login, login.scope)};
  }

  function give(login: string, scope: string) {
    const access_token = `gho_${randomBytes(27).toString("base64url").replaceAll(/[-_]/g, "0")}`;
    tokens.set(access_token, login);
    return {access_token, token_type: "bearer", scope: scope.replaceAll(" ", ",")};
  }

  /** What the page does when a person who is signed in enters a code. */
  function decide(form: URLSearchParams, credential: string): Reply {
    const login = personOf(credential);
    if (login === undefined) return {status: 401, body: {message: "Bad credentials"}};
    const one = begun.get(form.get("user_code")?.toUpperCase() ?? "");
    if (!one || one.endsMs <= now()) return {status: 404, body: {message: "No such code"}};
    one.login = form.has("deny") ? null : login;
    return {
      status: 200,
      body: {message: form.has("deny") ? "Turned down" : `Approved by ${login}`},
    };
  }

  /** https://docs.github.com/rest/credentials/revoke: of anyone who is not signed in; it is done later. */
  function takeBack(body: string, signedIn: string): Reply {
    if (signedIn) return {status: 403, body: {message: "Forbidden"}};
    const {data} = revocation.safeParse(jsonOf(body));
    if (!data) return {status: 422, body: {message: "Validation failed"}};
    for (const token of data.credentials) tokens.delete(token);
    return {status: 202, body: {}};
  }

  const pages: Readonly<Record<string, (body: string, credential: string) => Reply>> = {
    "/login/device/code": (body) => begin(new URLSearchParams(body)),
    "/login/oauth/access_token": (body) => redeem(new URLSearchParams(body)),
    "/login/device": (body, credential) => decide(new URLSearchParams(body), credential),
    "/credentials/revoke": takeBack,
  };

  return {
    async replyTo(request) {
      const page = Object.hasOwn(pages, request.url ?? "") ? pages[request.url!] : undefined;
      if (!page) return undefined;
      if (request.method !== "POST") return {status: 404, body: {error: "Not Found"}};
      const credential = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
      return page(await text(request), credential);
    },
    holderOf: (token) => tokens.get(token),
  };
}

const revocation = z.object({credentials: z.array(z.string()).min(1).max(1000)});

const refused = (error: string, more: object = {}): Reply => ({
  status: 200,
  body: {error, error_description: `The device login is refused: ${error}.`, ...more},
});

/** Eight characters that are not mistaken for others, in two groups. */
function newUserCode(): string {
  const letters = Array.from({length: 8}, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** RFC 8628, section 6.1: no vowels, so that no words come of it. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

/** The app, for the stacks of the world. */
export const appOf = (organizations: readonly string[]) => ({
  lifetimeS: 90 * DAY_S,
  clientId: CLIENT_ID,
  scopes: organizations.length > 0 ? ["read:org"] : [],
});
