/** The headers in which Azure says, with every response, what is left of a deployment's tokens in this minute. */
export interface QuotaHeaders {
  /** Takes off what a request may cost. No headers where the deployment has no quota. */
  spend(deployment: string, tokens: number): Readonly<Record<string, string>>;
}

const MINUTE_MS = 60_000;

/**
 * `quotas` are tokens a minute, by deployment. The headers only tell: no request is refused for want of
 * tokens, which is what a model host's `busy` is for.
 */
export function createQuotaHeaders(
  quotas: Readonly<Record<string, number>>,
  now: () => number = () => performance.now(),
): QuotaHeaders {
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
