import type {Stream} from "../http2/connection.ts";
import {reset} from "../http2/sending.ts";
import {UNHEARD} from "../http2/stream.ts";
import {INTERNAL_ERROR} from "../http2/wire.ts";
import {createRefusedParameters} from "../observe/refused-parameters.ts";
import {answerNothing, answerWarming, mayOpen} from "./ahead.ts";
import {createAnswerLengths} from "./answer-length.ts";
import {bodyEnded, received} from "./body-phase.ts";
import {clientLeft, expire, refuse} from "./ends.ts";
import {createHedging, enrol} from "./hedge/hedging.ts";
import {createLanes} from "./hedge/lanes.ts";
import {createInFlight} from "./in-flight.ts";
import type {Parts, RelayOptions} from "./parts.ts";
import {known, prepare} from "./preparation.ts";
import {type Ask, createRequest, type RelayedRequest} from "./relayed-request.ts";
import {alive, data, drained, ended, failed} from "./streaming-phase.ts";
import {answered, attempt} from "./waiting-phase.ts";

export interface Relay {
  /** Takes the request over: every end of it, good or bad, is answered from here. */
  begin(stream: Stream, ask: Ask): void;
  close(): void;
}

const BODY_TIMEOUT_MS = 10_000;
const SWEEP_EVERY_MS = 250;
/** By so much a second host is asked late, against first bytes that take 100 ms or more at their p95. */
const HEDGE_EVERY_MS = 20;

/**
 * Relays requests, each through its phases: body, preflight, waiting, streaming, done. A phase is a file of
 * steps; what happens to a stream, the client's or the host's, calls one of them.
 */
export function createRelay(options: RelayOptions): Relay {
  const relay: Parts = {
    ...options,
    now: options.clock.now,
    lengths: createAnswerLengths(),
    refusedParameters: createRefusedParameters(options),
    inFlight: createInFlight(),
    lanes: createLanes(options.clock.now),
    forward: guarded(prepareAndSend),
    sink: {
      answered: guarded(answered),
      alive: guarded(alive),
      data: guarded(data),
      ended: guarded(ended),
      failed: guarded(failed),
    },
  };
  const {now, inFlight} = relay;
  const client = {
    ...UNHEARD,
    data: ofStream(guarded(received)),
    ended: ofStream(guarded(bodyEnded)),
    drained: ofStream(guarded(drained)),
    closed: ofStream(guarded(clientLeft)),
  };
  const onDeadline = guarded(expire);
  const stops = [
    options.clock.every(SWEEP_EVERY_MS, sweep),
    options.clock.every(HEDGE_EVERY_MS, createHedging(relay)),
  ];

  function begin(stream: Stream, ask: Ask) {
    const request = createRequest(stream, ask, now());
    request.deadlineMs = now() + BODY_TIMEOUT_MS;
    request.asked = known(relay, ask.model) ?? "";
    if (!enter(request)) return;
    stream.context = request;
    stream.handler = client;
    inFlight.add(request);
  }

  /**
   * Whether it is let in. What is sent ahead is counted against its rate once its body says how it is to be
   * answered. Throws USER_BUSY or USER_STREAMS.
   */
  function enter(request: RelayedRequest): boolean {
    const {claims, kind, asked} = request;
    if (kind !== "ahead") relay.users.enter(claims.user, kind);
    else if (!mayOpen(relay, request)) {
      answerNothing(request);
      relay.metrics.ahead(asked, "limit");
      return false;
    }
    return true;
  }

  /** Whatever goes wrong in a step is the end of its request, and of nothing else. */
  function guarded<Rest extends unknown[]>(step: Step<Rest>): Guarded<Rest> {
    const both = step as Step<unknown[]>;
    return function safely(request: RelayedRequest, first: unknown, second: unknown) {
      try {
        both(relay, request, first, second);
      } catch (cause) {
        end(request, cause);
      }
    } as unknown as Guarded<Rest>;
  }

  function end(request: RelayedRequest, cause: unknown) {
    try {
      if (request.phase === "done") relay.metrics.fault(cause);
      else refuse(relay, request, cause);
    } catch (second) {
      relay.metrics.fault(second);
      reset(request.stream, INTERNAL_ERROR);
    }
  }

  function sweep() {
    const time = now();
    for (const request of inFlight.all()) if (time >= request.deadlineMs) onDeadline(request);
  }

  return {
    begin,
    close: () => {
      for (const stop of stops) stop();
    },
  };
}

function prepareAndSend(relay: Parts, request: RelayedRequest) {
  if (request.phase !== "preflight") return;
  const asker = prepare(relay, request);
  if (request.warms) return answerWarming(relay, request);
  request.phase = "waiting";
  if (request.kind === "ahead") return attempt(relay, request);
  relay.retries.earn();
  attempt(relay, request);
  if (request.phase !== "waiting") return;
  request.copy = relay.mirrors.copy(asker, request);
  enrol(relay, request);
}

/** It takes at most two things beside its request: each piece of each answer comes this way, and makes no list. */
type Step<Rest extends unknown[]> = (relay: Parts, request: RelayedRequest, ...rest: Rest) => void;
type Guarded<Rest extends unknown[]> = (request: RelayedRequest, ...rest: Rest) => void;

const ofStream =
  <Given>(step: (request: RelayedRequest, given: Given) => void) =>
  ({context}: Stream, given?: Given) =>
    step(context as RelayedRequest, given as Given);
