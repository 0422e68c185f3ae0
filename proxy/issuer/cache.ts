import {LRUCache} from "lru-cache";
import type {User} from "./exchange.ts";
import {asRefusal} from "./refusal.ts";

/** Answers of the identity provider, each under a key that stands for a credential. */
export interface Cache {
  /** The answer that is kept, or what `ask` finds out; callers that come while it asks share its answer. */
  get(key: string, ask: () => Promise<User>): Promise<User>;
  readonly size: number;
}

/** How long a sign-out may go unnoticed here; a token's own life comes on top. */
const GOOD_MS = 60_000;
/** How long somebody who has just joined the organization may have to wait. */
const BAD_MS = 10_000;
/** Refusals that are the credential's; others are the provider's, and may be over at once. */
const LASTING = [401, 402, 403];
/** About 10 MB; the least recently used go first. */
const MAX_ANSWERS = 20_000;

export function createCache({
  now = Date.now,
  max = MAX_ANSWERS,
}: {
  now?: () => number;
  max?: number;
} = {}): Cache {
  const answers = new LRUCache<string, Promise<User>>({
    max,
    ttl: GOOD_MS,
    ttlResolution: 0,
    perf: {now},
  });
  const asking = new Map<string, Promise<User>>();

  function ask(key: string, question: () => Promise<User>): Promise<User> {
    const answer = question().finally(() => asking.delete(key));
    asking.set(key, answer);
    answer.then(
      ({untilMs = Number.POSITIVE_INFINITY}) =>
        keep(key, answer, Math.min(untilMs - now(), GOOD_MS)),
      (cause) => LASTING.includes(asRefusal(cause).status) && keep(key, answer, BAD_MS),
    );
    return answer;
  }

  /** lru-cache keeps an entry through the last millisecond of its time, and for ever where that is 0. */
  function keep(key: string, answer: Promise<User>, ms: number) {
    if (ms > 1) answers.set(key, answer, {ttl: ms - 1});
  }

  return {
    get: (key, question) => answers.get(key) ?? asking.get(key) ?? ask(key, question),
    get size() {
      return answers.size;
    },
  };
}
