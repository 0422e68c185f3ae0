import type {Fields} from "../http2/fields.ts";
import type {Deployment} from "../policy.ts";

/** What is left of one deployment's quota, as its host last said. */
export interface UpstreamQuota {
  readonly upstream: string;
  readonly deployment: string;
  readonly unit: "tokens" | "requests";
  readonly left: number;
  /** A minute's worth. */
  readonly limit: number;
}

export interface UpstreamQuotas {
  /** Takes what an answer's headers say. */
  read(deployment: Deployment, headers: Fields): void;
  /** The share that is left of it, as last said: the least of its units, 1 where its host says nothing. */
  leftOf(deployment: Deployment): number;
  /** Whether its host has just said that nothing is left of it. */
  isSpent(deployment: Deployment): boolean;
  /** What is not older than the quotas themselves. */
  readonly current: readonly UpstreamQuota[];
}

/** Quotas are of a minute: what was said before says nothing of now. */
const FRESH_MS = 60_000;
/** Azure counts in windows of one or ten seconds: what was used up longer ago is there again. */
const SPENT_MS = 10_000;
const UNITS = ["tokens", "requests"] as const;
/** Put together once: a name that is made anew is slow to look up. */
const HEADERS = UNITS.map((unit) => ({
  unit,
  limitName: `x-ratelimit-limit-${unit}` as const,
  leftName: `x-ratelimit-remaining-${unit}` as const,
}));

/**
 * Keeps what model hosts say of their quotas: `x-ratelimit-remaining-*` beside `x-ratelimit-limit-*`.
 * Azure says -1 where it does not know: https://learn.microsoft.com/answers/questions/5625878
 */
export function createUpstreamQuotas(now: () => number = () => performance.now()): UpstreamQuotas {
  const said = new Map<string, UpstreamQuota & {readonly atMs: number}>();

  function read({upstream, name: deployment}: Deployment, headers: Fields) {
    for (const {unit, limitName, leftName} of HEADERS) {
      const limit = Number(headers[limitName] ?? 0);
      const left = Number(headers[leftName] ?? -1);
      if (limit > 0 && left >= 0)
        said.set(`${upstream}/${deployment}/${unit}`, {
          ...{upstream, deployment, unit, left, limit},
          atMs: now(),
        });
    }
  }

  function leftOf({upstream, name}: Deployment): number {
    const since = now() - FRESH_MS;
    const shares = UNITS.map((unit) => {
      const quota = said.get(`${upstream}/${name}/${unit}`);
      return quota && quota.atMs >= since ? quota.left / quota.limit : 1;
    });
    return Math.min(...shares);
  }

  const isSpent = ({upstream, name}: Deployment) =>
    said.size > 0 &&
    UNITS.some((unit) => {
      const quota = said.get(`${upstream}/${name}/${unit}`);
      return quota?.left === 0 && now() - quota.atMs < SPENT_MS;
    });

  return {
    read,
    leftOf,
    isSpent,
    get current() {
      const since = now() - FRESH_MS;
      return [...said.values()]
        .filter(({atMs}) => atMs >= since)
        .map(({atMs: _, ...quota}) => quota);
    },
  };
}
