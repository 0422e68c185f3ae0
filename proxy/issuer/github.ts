import {z} from "zod";
import type {GithubExchange} from "./config.ts";
import type {Exchange} from "./exchange.ts";
import {askProvider, bodyOf, deadline, type Reply, refusalOf} from "./provider.ts";
import {Refusal} from "./refusal.ts";

const user = z.object({id: z.number().int().positive()});
const membership = z.object({state: z.string()});

/** Asks GitHub who holds the credential (REST API, "Get the authenticated user"). */
export function createGithub({api, organizations}: GithubExchange): Exchange {
  const base = api.replace(/\/+$/, "");

  return async (credential) => {
    const ask = asker(base, credential);
    const reply = await ask("/user");
    if (reply.status === 403) throw busyBy(reply) ?? new Refusal("ACCESS_REFUSED");
    const {id} = bodyOf(reply, user);
    if (organizations.length > 0) await requireMembership(ask, organizations);
    return {id: `github:${id}`};
  };
}

type Ask = (path: string) => Promise<Reply>;

function asker(base: string, credential: string): Ask {
  const signal = deadline();
  const headers = {
    accept: "application/vnd.github+json",
    authorization: `Bearer ${credential}`,
    "user-agent": "meridian",
    "x-github-api-version": "2022-11-28",
  };
  return async (path) => {
    const reply = await askProvider(`${base}${path}`, {headers, signal});
    if (reply.status === 401) throw new Refusal("CREDENTIAL_REFUSED");
    return reply;
  };
}

/**
 * One after the other: most users are in the first ("Get an organization membership for the
 * authenticated user"; 404 for who is not in it, 403 where the organization keeps the credential out).
 */
async function requireMembership(ask: Ask, organizations: readonly string[]): Promise<void> {
  for (const organization of organizations) {
    const reply = await ask(`/user/memberships/orgs/${encodeURIComponent(organization)}`);
    if (reply.status === 404) continue;
    if (reply.status === 403) {
      const busy = busyBy(reply);
      if (!busy) continue;
      throw busy;
    }
    if (bodyOf(reply, membership).state === "active") return;
  }
  throw new Refusal("ORGANIZATION_REQUIRED");
}

/**
 * GitHub says 403 of its rate limits too: then nothing remains until the reset, or there is a time to
 * wait (REST API, "Rate limits"). Undefined where it means what it says.
 */
export function busyBy(reply: Reply): Refusal | undefined {
  const {headers} = reply;
  if (headers.has("retry-after")) return refusalOf({...reply, status: 429});
  if (headers.get("x-ratelimit-remaining") !== "0") return undefined;
  const resetS = Number(headers.get("x-ratelimit-reset")) || 0;
  return new Refusal("PROVIDER_BUSY", {retryAfterS: resetS - Date.now() / 1000});
}
