import {z} from "zod";
import type {Issuing} from "./config.ts";
import {Refusal} from "./refusal.ts";

/** Finds out whose credential this is. Rejects with Refusal. */
export type Exchange = (credential: string) => Promise<User>;

export interface User {
  /** Stable, and safe to put in a log. */
  readonly id: string;
}

const TIMEOUT_MS = 5000;
const githubUser = z.object({id: z.number().int(), login: z.string()});

/** Asks GitHub who holds the credential (REST API, "Get the authenticated user"). */
export function createExchange({api}: Issuing["exchange"]): Exchange {
  return async (credential) => {
    const answer = await fetch(`${api}/user`, {
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${credential}`,
        "user-agent": "meridian",
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause) => {
      throw new Refusal("EXCHANGE_LOST", {cause});
    });
    if (answer.status === 401) throw new Refusal("CREDENTIAL_REFUSED");
    if (!answer.ok) throw new Refusal("EXCHANGE_LOST", {cause: `${api} said ${answer.status}`});
    const {id} = githubUser.parse(await answer.json());
    return {id: `github:${id}`};
  };
}
