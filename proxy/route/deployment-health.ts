import type {Deployment, Policy} from "../policy.ts";
import {type Absence, type Absences, createAbsences} from "./absences.ts";
import {type Blame, createBlame, mostOfOneUser} from "./blame.ts";
import {byDeployment} from "./by-deployment.ts";
import type {Loads} from "./loads.ts";

/** What a proxy has seen of the deployments that it sends to; kept across changes of the policy. */
export interface DeploymentHealth {
  succeeded(deployment: Deployment): void;
  /**
   * An answer that failed, was cut short, or began too late. `user` is whose it was; undefined where
   * nothing in the request can have been the cause.
   */
  failed(deployment: Deployment, user: string | undefined): void;
  /** Where it is out, or on its return, it is out for so long from now. */
  hold(deployment: Deployment, forMs: number): void;
  /** It need not stay out for longer: its return begins. */
  back(deployment: Deployment): void;
  /** It is new among others: it takes little at first, whatever had its name before. */
  arrived(deployment: Deployment): void;
  /** It said 429: nothing is sent there for so many seconds. */
  cool(deployment: Deployment, seconds: number): void;
  /**
   * Share of its weight that it may take now: 1 when well, less on its return, 0 while it is out. It may
   * be out for one `user` alone, whose requests it failed.
   */
  share(deployment: Deployment, user?: string): number;
  /** Seconds until it may be asked again after a 429, 0 when it may. */
  waitS(deployment: Deployment): number;
  /** Those that are gone: neither well nor out. */
  readonly absences: Absences;
}

/** So many failures in a row, or this share of a window, and a deployment is out; whoever fails most left out. */
const MAX_IN_ROW = 5;
const MAX_FAILED_SHARE = 0.5;
const MIN_SAMPLES = 20;
const WINDOW_MS = 10_000;
/** Out for the first, doubled each time that it fails again, up to the last. */
const OUT_FIRST_MS = 5000;
const OUT_LAST_MS = 60_000;
/** On its return it takes a tenth of its weight, and all of it after this long. */
const SLOW_START_MS = 10_000;
const SLOW_START_SHARE = 0.1;
/** Hosts name minutes at times; room may be there sooner. */
const MAX_COOL_MS = 60_000;

interface State {
  readonly inRow: Blame;
  readonly bad: Blame;
  good: number;
  failedAtMs: number;
  windowEndsMs: number;
  outMs: number;
  outUntilMs: number;
  coolUntilMs: number;
}

const NEVER = Number.NEGATIVE_INFINITY;

const newState = (): State => ({
  inRow: createBlame(),
  bad: createBlame(),
  good: 0,
  failedAtMs: NEVER,
  windowEndsMs: NEVER,
  outMs: 0,
  outUntilMs: NEVER,
  coolUntilMs: NEVER,
});

/** Judges deployments by what became of the requests sent to them. */
export function createDeploymentHealth(
  now: () => number = () => performance.now(),
): DeploymentHealth {
  const states = byDeployment(newState);
  const absences = createAbsences(now);

  function counting(deployment: Deployment): State {
    const state = states.of(deployment);
    if (now() < state.windowEndsMs) return state;
    forget(state);
    state.windowEndsMs = now() + WINDOW_MS;
    return state;
  }

  function succeeded(deployment: Deployment) {
    const state = counting(deployment);
    state.inRow.clear();
    state.good++;
    if (now() > state.outUntilMs + OUT_LAST_MS) state.outMs = 0;
  }

  function failed(deployment: Deployment, user: string | undefined) {
    const state = counting(deployment);
    state.inRow.add(user);
    state.bad.add(user);
    state.failedAtMs = now();
    if (now() < state.outUntilMs || !(failsInRow(state) || failsOften(state))) return;
    state.outMs = Math.min(OUT_LAST_MS, Math.max(OUT_FIRST_MS, state.outMs * 2));
    state.outUntilMs = now() + state.outMs;
    state.inRow.clear();
    forget(state);
  }

  function share(deployment: Deployment, user?: string): number {
    const {outUntilMs, failedAtMs, inRow} = states.of(deployment);
    const backMs = now() - outUntilMs;
    if (backMs < 0) return 0;
    const ofTheirs = user === undefined ? 0 : (inRow.byUser.get(user) ?? 0);
    if (ofTheirs >= MAX_IN_ROW && now() < failedAtMs + OUT_FIRST_MS) return 0;
    return Math.min(1, SLOW_START_SHARE + (1 - SLOW_START_SHARE) * (backMs / SLOW_START_MS));
  }

  return {
    succeeded,
    failed,
    share,
    hold: (deployment, forMs) => {
      if (share(deployment) === 1) return;
      const state = states.of(deployment);
      state.outUntilMs = Math.max(state.outUntilMs, now() + forMs);
    },
    back: (deployment) => {
      absences.back(deployment);
      const state = states.of(deployment);
      state.outUntilMs = Math.min(state.outUntilMs, now());
    },
    arrived: (deployment) => {
      absences.back(deployment);
      Object.assign(states.of(deployment), newState(), {outUntilMs: now()});
    },
    cool: (deployment, seconds) => {
      states.of(deployment).coolUntilMs = now() + Math.min(MAX_COOL_MS, seconds * 1000);
    },
    waitS: (deployment) =>
      Math.max(0, Math.ceil((states.of(deployment).coolUntilMs - now()) / 1000)),
    absences,
  };
}

const failsInRow = ({inRow}: State) => ofOthers(inRow) >= MAX_IN_ROW;

function failsOften({good, bad}: State): boolean {
  const failures = ofOthers(bad);
  const seen = good + failures;
  return seen >= MIN_SAMPLES && failures / seen >= MAX_FAILED_SHARE;
}

const ofOthers = (blame: Blame) => blame.total - mostOfOneUser([blame]);

function forget(state: State) {
  state.good = 0;
  state.bad.clear();
}

/** One deployment of a model, and how it is judged. */
export interface DeploymentState extends Deployment {
  readonly model: string;
  /** Whether it is another region's. */
  readonly isFallback: boolean;
  /** The share of its weight that it may take now, 0 to 1. */
  readonly share: number;
  readonly waitS: number;
  /** The requests that it has. */
  readonly load: number;
  /** Why it is gone, if it is. */
  readonly absence?: Absence | undefined;
}

/** Every deployment by model, in the order of the policy. */
export function deploymentsOf(
  {models}: Policy,
  {health, loads}: {health: DeploymentHealth; loads: Pick<Loads, "loadOf">},
): DeploymentState[] {
  return Object.entries(models).flatMap(([model, {deployments, fallback}]) => {
    const told = (isFallback: boolean) => (deployment: Deployment) => {
      const absence = health.absences.of(deployment);
      return {
        model,
        ...deployment,
        isFallback,
        share: absence ? 0 : health.share(deployment),
        waitS: health.waitS(deployment),
        load: loads.loadOf(deployment),
        absence,
      };
    };
    return [...deployments.map(told(false)), ...fallback.map(told(true))];
  });
}
