import type {User} from "./exchange.ts";
import {asRefusal} from "./refusal.ts";

/** Answers of the identity provider, each by a key that stands for a credential. */
export interface Cache {
  /** What is known, or what `ask` finds out; who comes while it asks waits for the same answer. */
  get(key: string, ask: () => Promise<User>): Promise<User>;
  readonly size: number;
}

/** How long a sign-out may go unnoticed here; a token's own life comes on top. */
const GOOD_MS = 60_000;
/** How long somebody who just joined the organization may have to wait. */
const BAD_MS = 10_000;
/** Of a refusal that is the credential's; others are the provider's, and may be over at once. */
const LASTING = [401, 402, 403];
/** About 10 MB; the oldest go first. */
const MAX_ANSWERS = 20_000;

interface Answer {
  readonly answer: Promise<User>;
  readonly untilMs: number;
}

export function createCache({
  now = Date.now,
  max = MAX_ANSWERS,
}: {
  now?: () => number;
  max?: number;
} = {}): Cache {
  const answers = new Map<string, Answer>();
  const asking = new Map<string, Promise<User>>();

  function ask(key: string, question: () => Promise<User>): Promise<User> {
    const answer = question().finally(() => asking.delete(key));
    asking.set(key, answer);
    answer.then(
      ({untilMs = Number.POSITIVE_INFINITY}) =>
        keep(key, answer, Math.min(untilMs, now() + GOOD_MS)),
      (cause) => LASTING.includes(asRefusal(cause).status) && keep(key, answer, now() + BAD_MS),
    );
    return answer;
  }

  function keep(key: string, answer: Promise<User>, untilMs: number) {
    answers.delete(key);
    answers.set(key, {answer, untilMs});
    if (answers.size > max) answers.delete(answers.keys().next().value as string);
  }

  return {
    get(key, question) {
      const known = answers.get(key);
      if (known && known.untilMs > now()) return known.answer;
      return asking.get(key) ?? ask(key, question);
    },
    get size() {
      return answers.size;
    },
  };
}
