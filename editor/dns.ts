/** Goes where DNS says, as a computer does: an answer is kept for its TTL, then asked for again. */
export interface DnsFollower {
  /** The address that is kept, or else a fresh answer. Rejects where DNS has none. */
  address(): Promise<string>;
  /** The latest answer, however old. */
  readonly last: string | undefined;
  /** Whether the latest answer is still kept. */
  readonly isKept: boolean;
}

export function followDns({
  lookUp,
  ttlMs,
  now = () => performance.now(),
}: {
  readonly lookUp: () => Promise<string>;
  readonly ttlMs: number;
  readonly now?: () => number;
}): DnsFollower {
  let last: string | undefined;
  let keptUntilMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<string> | undefined;
  const isKept = () => now() < keptUntilMs;

  async function ask(): Promise<string> {
    const answer = await lookUp();
    keptUntilMs = now() + ttlMs;
    last = answer;
    return answer;
  }

  /** Callers who need an answer at the same time share one question. */
  async function address(): Promise<string> {
    if (last !== undefined && isKept()) return last;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  return {
    address,
    get last() {
      return last;
    },
    get isKept() {
      return isKept();
    },
  };
}
