import type {Deployment} from "../policy.ts";
import {byDeployment} from "./by-deployment.ts";

/** What a host says of the requests that it has, whoever sent them. */
export interface Queue {
  readonly running: number;
  readonly waiting: number;
  /** The share of its memory for prompts that is taken by them, 0 to 1. */
  readonly usage: number;
}

/** How much each deployment has to do, and how soon it answers; kept across changes of the policy. */
export interface Loads {
  /** A request was sent to it. */
  began(deployment: Deployment): void;
  /** That request is over. `unansweredMs`: so long it was waited for in vain; 0 where its answer had begun. */
  ended(deployment: Deployment, unansweredMs?: number): void;
  /** The first byte of an answer came after so long. */
  answered(deployment: Deployment, firstByteMs: number): void;
  /** Its host has told of its queue. */
  said(deployment: Deployment, queue: Queue): void;
  /** Requests that it has: those under way from here, or as many as its host runs, and those that wait there. */
  loadOf(deployment: Deployment): number;
  /** The share of its host that is left, 0 to 1, as it says: none while requests wait there, all where it says nothing. */
  leftOf(deployment: Deployment): number;
  /** What one more would meet, in milliseconds: the least is asked. */
  costOf(deployment: Deployment): number;
}

/** Peak EWMA, as Finagle has it (loadbalancer/PeakEwma.scala): up at once, down slowly, and down while nothing is seen. */
const DECAY_MS = 10_000;
/** Of one that has not answered yet: linkerd2-proxy, EWMA_DEFAULT_RTT. It is soon known better. */
const UNKNOWN_MS = 30;
/** Under it none is quicker than another. */
const LEAST_MS = 1;
/** What a host said longer ago says nothing of now. */
const FRESH_MS = 5000;

interface State {
  underWay: number;
  firstByteMs: number;
  seenAtMs: number;
  running: number;
  waiting: number;
  usage: number;
  saidAtMs: number;
}

export function createLoads(now: () => number): Loads {
  const never = Number.NEGATIVE_INFINITY;
  const states = byDeployment<State>(() => ({
    underWay: 0,
    firstByteMs: UNKNOWN_MS,
    seenAtMs: now(),
    running: 0,
    waiting: 0,
    usage: 0,
    saidAtMs: never,
  }));
  const isFresh = ({saidAtMs}: State) => saidAtMs > never && now() - saidAtMs < FRESH_MS;

  function see(state: State, firstByteMs: number) {
    const kept = Math.exp((state.seenAtMs - now()) / DECAY_MS);
    const mean = state.firstByteMs * kept + firstByteMs * (1 - kept);
    state.firstByteMs = Math.max(firstByteMs, mean);
    state.seenAtMs = now();
  }

  const firstByteOf = ({firstByteMs, seenAtMs}: State) =>
    Math.max(LEAST_MS, firstByteMs * Math.exp((seenAtMs - now()) / DECAY_MS));

  function loadOf(state: State): number {
    if (!isFresh(state)) return state.underWay;
    return Math.max(state.underWay, state.running) + state.waiting;
  }

  return {
    began: (deployment) => void states.of(deployment).underWay++,
    ended(deployment, unansweredMs = 0) {
      const state = states.of(deployment);
      state.underWay--;
      // Who leaves a slow host has not seen how slow it is.
      if (unansweredMs > firstByteOf(state)) see(state, unansweredMs);
    },
    answered: (deployment, firstByteMs) => see(states.of(deployment), firstByteMs),
    said: (deployment, queue) =>
      void Object.assign(states.of(deployment), queue, {saidAtMs: now()}),
    loadOf: (deployment) => loadOf(states.of(deployment)),
    leftOf(deployment) {
      const state = states.of(deployment);
      if (!isFresh(state)) return 1;
      return state.waiting > 0 ? 0 : 1 - state.usage;
    },
    costOf(deployment) {
      const state = states.of(deployment);
      return (loadOf(state) + 1) * firstByteOf(state);
    },
  };
}
