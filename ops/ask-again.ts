import {setTimeout as sleep} from "node:timers/promises";

/** What became of a question to a service. */
export type Attempt<Answer> =
  | {readonly answer: Answer}
  | {
      readonly error: Error;
      /** Whether it may be gone when the question is asked again. */
      readonly isPassing: boolean;
      /** How long the service asks to wait; undefined if it does not say. */
      readonly waitMs: number | undefined;
    };

const TRIES = 5;
const FIRST_WAIT_MS = 1000;
/**
 * Whoever asks us to wait for longer will not be asked again while somebody waits for the command. Azure's
 * buckets refill within a minute: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
const LONGEST_WAIT_MS = 60_000;

/**
 * Asks until there is an answer: again after the time that the service names, or after 1, 2, 4 and 8 s.
 * Rejects with an error that does not pass; `tooLate` tells it where we are to wait too long.
 */
export async function askAgain<Answer>(
  attempt: () => Promise<Attempt<Answer>>,
  {
    tooLate,
    wait = sleep,
  }: {
    readonly tooLate: (error: Error, waitMs: number) => Error;
    readonly wait?: ((ms: number) => Promise<unknown>) | undefined;
  },
): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const outcome = await attempt();
    if ("answer" in outcome) return outcome.answer;
    const {error, isPassing, waitMs = FIRST_WAIT_MS * 2 ** (tries - 1)} = outcome;
    if (!isPassing || tries === TRIES) throw error;
    if (waitMs > LONGEST_WAIT_MS) throw tooLate(error, waitMs);
    await wait(waitMs);
  }
}
