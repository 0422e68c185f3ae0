/** What a queue needs to know of who waits in it. */
export interface Waiter {
  /** The lesser goes first. */
  readonly priority: number;
  /** Among equals the earlier. */
  readonly number: number;
}

/** `--scheduling-policy`: vllm/v1/core/sched/request_queue.py. */
export const POLICIES = ["fcfs", "priority"] as const;
export type Policy = (typeof POLICIES)[number];

/** Who goes first of two: negative for the first. */
export const order = (one: Waiter, other: Waiter): number =>
  one.priority - other.priority || one.number - other.number;

/** Those who wait, first one first. */
export interface Waiting<Who extends Waiter> {
  readonly length: number;
  first(): Who | undefined;
  /** Takes the first one out. */
  shift(): void;
  push(who: Who): void;
  /** Who had begun already goes to the front, or to its place by priority. */
  putBack(who: Who): void;
  remove(who: Who): void;
}

export function createWaiting<Who extends Waiter>(policy: Policy): Waiting<Who> {
  const list: Who[] = [];
  function insert(who: Who) {
    const at = list.findLastIndex((other) => order(other, who) < 0);
    list.splice(at + 1, 0, who);
  }
  return {
    get length() {
      return list.length;
    },
    first: () => list[0],
    shift: () => void list.shift(),
    push: (who) => (policy === "priority" ? insert(who) : void list.push(who)),
    putBack: (who) => (policy === "priority" ? insert(who) : void list.unshift(who)),
    remove: (who) => {
      const at = list.indexOf(who);
      if (at >= 0) list.splice(at, 1);
    },
  };
}
