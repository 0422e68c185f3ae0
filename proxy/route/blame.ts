/** Failures by the user whose request it was. */
export interface Blame {
  /** `user` is undefined where no request can have been the cause: a host that cannot be reached. */
  add(user: string | undefined): void;
  clear(): void;
  readonly total: number;
  /** By user; what is nobody's is in the total alone. */
  readonly byUser: ReadonlyMap<string, number>;
}

export function createBlame(): Blame {
  const byUser = new Map<string, number>();
  let total = 0;
  return {
    add: (user) => {
      total++;
      if (user !== undefined) byUser.set(user, (byUser.get(user) ?? 0) + 1);
    },
    clear: () => {
      total = 0;
      byUser.clear();
    },
    get total() {
      return total;
    },
    byUser,
  };
}

/**
 * How many failures the user has who has most of them. Whoever judges leaves these out: what one caller
 * alone can bring about, by what it asks and how often, is held against nobody else.
 */
export function mostOfOneUser(blames: readonly Blame[]): number {
  const sums = new Map<string, number>();
  for (const {byUser} of blames)
    for (const [user, count] of byUser) sums.set(user, (sums.get(user) ?? 0) + count);
  return sums.values().reduce((most, count) => Math.max(most, count), 0);
}
