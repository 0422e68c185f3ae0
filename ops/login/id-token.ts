import {renameSync, writeFileSync} from "node:fs";
import {decodeJwt} from "jose";
import {z} from "zod";
import type {Attempt} from "../ask-again.ts";

/** Where GitHub gives a job tokens of its own: two variables of each step, if the job may write `id-token`. */
export interface Source {
  readonly url: string;
  readonly token: string;
}

/** Whom Entra wants such a token to be for. */
const AUDIENCE = "api://AzureADTokenExchange";
const TIMEOUT_MS = 10_000;

const given = z.object({value: z.string()});

/**
 * A fresh token that says which repository and environment a job runs in. Too many requests and faults of
 * GitHub's own may pass.
 */
export async function askIdToken({url, token}: Source): Promise<Attempt<string>> {
  const address = new URL(url);
  address.searchParams.set("audience", AUDIENCE);
  try {
    const response = await fetch(address, {
      headers: {authorization: `Bearer ${token}`, accept: "application/json; api-version=2.0"},
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return {answer: given.parse(await response.json()).value};
    await response.body?.cancel();
    const isPassing = response.status === 429 || response.status >= 500;
    return failed(new Error(`GitHub answers ${response.status}`), isPassing);
  } catch (cause) {
    return failed(new Error(`no answer of GitHub's: ${(cause as Error).message}`, {cause}), true);
  }
}

const failed = (error: Error, isPassing: boolean) => ({error, isPassing, waitMs: undefined});

/** Puts the token in the file's place in one step, so that nobody reads half of it; its owner alone may. */
export function writeIdToken(file: string, token: string): void {
  const next = `${file}.new`;
  writeFileSync(next, token, {mode: 0o600});
  renameSync(next, file);
}

/** Who asks again oftener than this is told to slow down. */
const SHORTEST_WAIT_MS = 1000;

/** How long to wait before the next: half of what is left, so that whoever reads the file has the other half. */
export function renewalMs(token: string, nowMs: number): number {
  const {exp = 0} = decodeJwt(token);
  return Math.max((exp * 1000 - nowMs) / 2, SHORTEST_WAIT_MS);
}
