import {askModel} from "../../dialects/asking.ts";
import type {Deployment} from "../../policy.ts";
import {hasSpare} from "../../route/room.ts";
import type {Sink} from "../../upstream/transport.ts";
import type {HedgeOutcome} from "../outcome.ts";
import type {Parts} from "../parts.ts";
import type {RelayedRequest} from "../relayed-request.ts";
import {questionFor} from "../waiting-phase.ts";
import type {Lane} from "./lanes.ts";
import {createSecondSink, guard, type Second} from "./second.ts";

/** Has a request wait where it is seen when it is late, if its model has second hosts asked for such. */
export function enrol(relay: Parts, request: RelayedRequest): void {
  const {served, streamed, kind, copy} = request;
  const share = relay.policy().models[served]?.hedge;
  if (share === undefined || !streamed || copy) return;
  if (kind !== "completion" && kind !== "next_edit") return;
  const lane = relay.lanes.of(served, kind);
  lane.budget.earn(share);
  lane.join(request);
  request.lane = lane;
}

/** Returns what asks second hosts for all that is late. */
export function createHedging(relay: Parts): () => void {
  const sink = createSecondSink(relay);
  return () => {
    for (const lane of relay.lanes.all())
      lane.late((request) => guard(relay, request, () => hedge(relay, request, {lane, sink})));
  };
}

function hedge(
  relay: Parts,
  request: RelayedRequest,
  {lane, sink}: {lane: Lane<RelayedRequest>; sink: Sink<Second>},
) {
  if (!isOpen(request, lane)) return;
  const {attempts, asked, upload} = request;
  const deployment = otherFor(relay, request);
  const refused = refusalOf(request, lane, deployment);
  if (refused) return relay.metrics.hedged(asked, refused);
  const upstream = deployment && relay.upstreams.get(deployment.upstream);
  if (!upstream) return;
  attempts.left = attempts.left.filter((one) => one !== deployment);
  const second: Second = {
    request,
    deployment,
    startedMs: relay.now(),
    call: undefined,
    said: undefined,
    taken: false,
  };
  request.hedge = second;
  relay.loads.began(deployment);
  relay.metrics.askedTwice(asked, upload.size);
  const {asking} = attempts;
  second.call = askModel({upstream, asking}, questionFor(request, deployment), sink, second);
}

/** Whether it waits for the first host that it was sent to, or for another after one without room. */
const isOpen = ({phase, served, attempts, reply}: RelayedRequest, {model}: Lane<RelayedRequest>) =>
  phase === "waiting" &&
  served === model &&
  attempts.failures === 0 &&
  (reply.status === 0 || reply.status === 200);

/** The next on its way that has room to spare. Those that are left are of the same model, and are asked alike. */
function otherFor(relay: Parts, {attempts, claims: {user}}: RelayedRequest) {
  const {upstreams, health, loads, quotas} = relay;
  return attempts.left.find(
    (one) => upstreams.get(one.upstream) && hasSpare(one, {health, loads, quotas, user}),
  );
}

function refusalOf(
  {attempts}: RelayedRequest,
  {budget}: Lane<RelayedRequest>,
  other: Deployment | undefined,
): HedgeOutcome | undefined {
  if (budget.rests) return "no_room";
  if (attempts.left.length === 0) return "no_host";
  if (!other) return "no_room";
  return budget.spend() ? undefined : "no_budget";
}
