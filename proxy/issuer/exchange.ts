/** Trades a credential for the user that it belongs to. Rejects with Refusal. */
export type Exchange = (credential: string) => Promise<User>;

export interface User {
  /** Stable, begins with the kind of exchange, and is safe to put in a log. */
  readonly id: string;
  /** Unix milliseconds after which the provider does not vouch for the credential any more. */
  readonly untilMs?: number | undefined;
  /** The id of the personal key that stood for the credential. */
  readonly key?: string | undefined;
}
