/** What is left of each deployment's tokens in the running minute, as Azure tells it with every answer. */
export interface Meter {
  /** Takes off what a request may cost; the headers to answer with, none where there is no quota. */
  spend(deployment: string, tokens: number): Readonly<Record<string, string>>;
}

const MINUTE_MS = 60_000;

/**
 * `quotas` are tokens a minute, by deployment. It tells and refuses nobody: a host that has no more room
 * is what `busy` makes of it.
 */
export function createMeter(
  quotas: Readonly<Record<string, number>>,
  now: () => number = () => performance.now(),
): Meter {
  const spent = new Map<string, number>();
  let endsMs = now() + MINUTE_MS;

  function spend(deployment: string, tokens: number): Record<string, string> {
    const limit = quotas[deployment];
    if (limit === undefined) return {};
    if (now() >= endsMs) spent.clear();
    while (now() >= endsMs) endsMs += MINUTE_MS;
    const used = (spent.get(deployment) ?? 0) + tokens;
    spent.set(deployment, used);
    return {
      "x-ratelimit-limit-tokens": `${limit}`,
      "x-ratelimit-remaining-tokens": `${Math.max(0, limit - used)}`,
    };
  }

  return {spend};
}
