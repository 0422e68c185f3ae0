import {isLateSince} from "../judgement.ts";
import type {HedgeOutcome} from "../outcome.ts";
import type {Parts} from "../parts.ts";
import {type RelayedRequest, UNSAID} from "../relayed-request.ts";
import type {Hedge} from "./hedge.ts";

/** The second host is not waited for any more: the first one answered, or nobody waits. */
export function dropHedge(relay: Parts, request: RelayedRequest, outcome: HedgeOutcome): void {
  const {hedge, claims, asked} = request;
  if (!hedge) return;
  request.hedge = undefined;
  hedge.call?.cancel();
  relay.loads.ended(hedge.deployment, relay.now() - hedge.startedMs);
  if (isLateSince(relay, request, hedge.startedMs))
    relay.health.failed(hedge.deployment, claims.user);
  relay.metrics.hedged(asked, outcome);
}

/** The second host answers from now on: what it has said is taken as if the request had been asked of it alone. */
export function takeHedge(
  relay: Parts,
  request: RelayedRequest,
  hedge: Hedge,
  outcome: "won" | "rescued",
): void {
  const {attempts, reply, arrivedMs, asked} = request;
  request.hedge = undefined;
  hedge.taken = true;
  attempts.deployment = hedge.deployment;
  attempts.call = hedge.call;
  attempts.sentMs = hedge.startedMs;
  attempts.hedgedMs = hedge.startedMs - arrivedMs;
  request.hostOpen = true;
  Object.assign(reply, UNSAID);
  relay.metrics.hedged(asked, outcome);
  if (!hedge.said) return;
  const {status, head, chunks} = hedge.said;
  relay.sink.answered(request, status, head);
  for (const chunk of chunks) relay.sink.data(request, chunk);
}
