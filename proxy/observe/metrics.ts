import type {Logger} from "pino";
import {ConnectionError, ERROR_NAMES, errorName} from "../http2/wire.ts";
import type {Deployment} from "../policy.ts";
import {
  AHEAD_ENDS,
  type AheadEnd,
  type HedgeOutcome,
  type Outcome,
  type Phase,
} from "../relay/outcome.ts";
import {createGauges, type Sources} from "./gauges.ts";
import {createRegister} from "./register.ts";
import {type Subject, subjectsOf} from "./vote.ts";

export interface Finished {
  readonly model: string;
  readonly deployment: string;
  /** `experiment/arm`, empty where it is in none. */
  readonly arm: string;
  readonly outcome: Outcome;
  /** 0 when none came. */
  readonly firstByteMs: number;
  readonly totalMs: number;
}

/** Who is at a connection's other end. */
const SIDES = ["edge", "host"] as const;
export type Side = (typeof SIDES)[number];

const VERDICTS = ["good", "late", "failed"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a proxy says of itself. No label is a client's to choose: models and deployments are ours. */
export interface Metrics {
  readonly log: Logger;
  finished(finished: Finished): void;
  /** By an objective; client errors are not judged, nor are cancels before the first byte is late. */
  judged(subject: Subject, verdict: Verdict): void;
  /** The models that may be asked from now on: a rate needs a value to start from, or the first failures would not be seen. */
  serving(models: readonly string[]): void;
  cancelled(model: string, phase: Phase): void;
  /** The model host was told of it, with so many tokens still to come. */
  stopped(model: string, unsaidTokens: number): void;
  /** What an editor sent ahead of its person has ended. */
  ahead(model: string, end: AheadEnd): void;
  /** A request of so many bytes was left before the model had any of it. */
  spared(model: string, bytes: number): void;
  spilled(model: string, deployment: Deployment | undefined, reason: string): void;
  /** A request for a model without room is asked of the one that takes such. */
  overflowed(model: string, overflow: string): void;
  /** A request was late enough for a second host. */
  hedged(model: string, outcome: HedgeOutcome): void;
  /** A second host is asked with a prompt of so many bytes. */
  askedTwice(model: string, bytes: number): void;
  /** A second host answered first: the other would have taken so much longer. */
  gained(model: string, ms: number): void;
  /** A host refused a parameter that the service sent; a series begins before anything in it counts. */
  parameterRefused(model: string, parameter: string, counts: boolean): void;
  /** One side of a request that a mirror copied: the copy, or the request itself. */
  mirrored(mirror: string, side: "mirror" | "primary", outcome: string, firstByteMs: number): void;
  sessionOpened(): void;
  /** Otherwise than by agreement. What a ConnectionError says is counted, what the network does is not. */
  connectionEnded(side: Side, cause: unknown): void;
  /** Our own code failed: it is logged, and what it was about has ended. */
  fault(cause: unknown): void;
  /** Turned away before a model was known. */
  refused(code: string): void;
  text(): string;
}

/** From 1 ms to 10 s, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 10];

/** Bytes a token, in English and in code, by OpenAI's own rule of thumb: https://help.openai.com/articles/4936856 */
const BYTES_A_TOKEN = 4;

export function createMetrics({log, ...sources}: Sources & {log: Logger}): Metrics {
  const register = createRegister();
  const requests = register.counter({
    name: "meridian_requests_total",
    help: "Requests by how they ended.",
    labelNames: ["model", "deployment", "arm", "outcome"],
  });
  const firstByte = register.histogram(
    {
      name: "meridian_first_byte_seconds",
      help: "From the request's arrival to the first byte of its answer.",
      labelNames: ["model", "deployment", "arm"],
    },
    BUCKETS,
  );
  const duration = register.histogram(
    {
      name: "meridian_request_duration_seconds",
      help: "From the request's arrival to its end.",
      labelNames: ["model", "deployment", "arm"],
    },
    BUCKETS,
  );
  const cancels = register.counter({
    name: "meridian_cancels_total",
    help: "Requests that their clients left, by how far they had come.",
    labelNames: ["model", "phase"],
  });
  const spared = register.counter({
    name: "meridian_prompt_tokens_spared_total",
    help: "Prompt tokens of requests left before they were sent on, by estimate: 4 bytes a token.",
    labelNames: ["model"],
  });
  const aheads = register.counter({
    name: "meridian_ahead_calls_total",
    help: "Calls that editors sent ahead of what a person asks for, by how they ended; no other count of requests has them.",
    labelNames: ["model", "end"],
  });
  const spills = register.counter({
    name: "meridian_spills_total",
    help: "Attempts handed on to the next deployment, by status or failure.",
    labelNames: ["model", "deployment", "reason"],
  });
  const overflows = register.counter({
    name: "meridian_overflows_total",
    help: "Requests asked of another model, as the one asked for had no room.",
    labelNames: ["model", "overflow"],
  });
  const hedges = register.counter({
    name: "meridian_hedges_total",
    help: "Requests that were late enough for a second host, by what became of it, or why none was asked.",
    labelNames: ["model", "outcome"],
  });
  const hedgeTokens = register.counter({
    name: "meridian_hedge_prompt_tokens_total",
    help: "Prompt tokens that second hosts were asked with, by estimate: 4 bytes a token.",
    labelNames: ["model"],
  });
  const hedgeSaved = register.counter({
    name: "meridian_hedge_saved_seconds_total",
    help: "Waiting that second hosts spared, by estimate: as if the first had taken as long as others as late.",
    labelNames: ["model"],
  });
  const refusedParameters = register.counter({
    name: "meridian_parameter_refused_total",
    help: "Requests that a model host refused for a parameter that the service sent, each of another user than the last.",
    labelNames: ["model", "parameter"],
  });
  const mirrors = register.counter({
    name: "meridian_mirrors_total",
    help: "Requests that were copied, by mirror, side and how that side ended.",
    labelNames: ["mirror", "side", "outcome"],
  });
  const mirrorFirstByte = register.histogram(
    {
      name: "meridian_mirror_first_byte_seconds",
      help: "First byte of requests that were copied, and of their copies.",
      labelNames: ["mirror", "side"],
    },
    BUCKETS,
  );
  const refusals = register.counter({
    name: "meridian_refusals_total",
    help: "Requests turned away before they were read, by error code.",
    labelNames: ["code"],
  });
  const judgements = register.counter({
    name: "meridian_judged_total",
    help: "Requests that count for an objective, their model's or that of its next edits: good, late (first byte) or failed.",
    labelNames: ["model", "objective", "verdict"],
  });
  const upstreamCancels = register.counter({
    name: "meridian_upstream_cancels_total",
    help: "Requests that a model host was told to stop, for their clients had left.",
    labelNames: [],
  });
  const unsaid = register.counter({
    name: "meridian_answer_tokens_spared_total",
    help: "Tokens of answers that were not made, for their clients had left, by estimate: from how long answers are, a token a frame.",
    labelNames: ["model"],
  });
  const sessionsOpened = register.counter({
    name: "meridian_upstream_sessions_opened_total",
    help: "HTTP/2 sessions that were opened to model hosts.",
    labelNames: [],
  });
  const faults = register.counter({
    name: "meridian_faults_total",
    help: "Errors in the proxy's own code. Each ended at most the request that it was about.",
    labelNames: [],
  });
  const connectionsEnded = register.counter({
    name: "meridian_connections_ended_total",
    help: "HTTP/2 connections that ended for a fault, by who was at the other end and the error code that one side gave.",
    labelNames: ["side", "reason"],
  });
  for (const side of SIDES)
    for (const reason of ERROR_NAMES)
      if (reason !== "NO_ERROR") connectionsEnded.inc({side, reason}, 0);
  createGauges(register, sources);

  function fault(cause: unknown) {
    faults.inc({});
    log.error({err: cause}, "fault");
  }

  return {
    log,
    finished({model, deployment, arm, outcome, firstByteMs, totalMs}) {
      requests.inc({model, deployment, arm, outcome});
      duration.observe({model, deployment, arm}, totalMs / 1000);
      if (firstByteMs > 0) firstByte.observe({model, deployment, arm}, firstByteMs / 1000);
    },
    judged: ({model, objective}, verdict) => judgements.inc({model, objective, verdict}),
    serving: (models) => {
      for (const {model, objective} of subjectsOf(models))
        for (const verdict of VERDICTS) judgements.inc({model, objective, verdict}, 0);
      for (const model of models) for (const end of AHEAD_ENDS) aheads.inc({model, end}, 0);
    },
    cancelled: (model, phase) => cancels.inc({model, phase}),
    stopped(model, unsaidTokens) {
      upstreamCancels.inc({});
      unsaid.inc({model}, unsaidTokens);
    },
    spared: (model, bytes) => spared.inc({model}, Math.round(bytes / BYTES_A_TOKEN)),
    ahead: (model, end) => aheads.inc({model, end}),
    spilled: (model, deployment, reason) =>
      spills.inc({model, deployment: deployment?.name ?? "", reason}),
    overflowed: (model, overflow) => overflows.inc({model, overflow}),
    hedged: (model, outcome) => hedges.inc({model, outcome}),
    askedTwice: (model, bytes) => hedgeTokens.inc({model}, Math.round(bytes / BYTES_A_TOKEN)),
    gained: (model, ms) => hedgeSaved.inc({model}, ms / 1000),
    parameterRefused: (model, parameter, counts) =>
      refusedParameters.inc({model, parameter}, Number(counts)),
    mirrored(mirror, side, outcome, firstByteMs) {
      mirrors.inc({mirror, side, outcome});
      if (firstByteMs > 0) mirrorFirstByte.observe({mirror, side}, firstByteMs / 1000);
    },
    sessionOpened: () => sessionsOpened.inc({}),
    connectionEnded(side, cause) {
      if (!(cause instanceof ConnectionError)) return;
      if (cause.cause !== undefined) return fault(cause.cause);
      connectionsEnded.inc({side, reason: errorName(cause.code)});
      log.warn({side, reason: errorName(cause.code), detail: cause.message}, "connection ended");
    },
    fault,
    refused: (code) => refusals.inc({code}),
    text: register.text,
  };
}
