import {objectiveNameOf} from "../../admit/kind.ts";
import {type Deployment, objectiveOf, type Policy} from "../../policy.ts";
import {affinityKey} from "../../route/affinity.ts";
import {isShort} from "../../route/room.ts";
import {routeOf, spareOf} from "../../route/route.ts";
import {absenceOf, servingModel} from "../../route/successor.ts";
import type {Parts} from "../parts.ts";
import type {RelayedRequest} from "../relayed-request.ts";
import {legsOf, type OwnRoute} from "./legs.ts";

/**
 * Which deployments are asked for `model`, and how. An experiment fails nobody: where its deployment has no room,
 * the others serve.
 */
export function setRoute(
  relay: Parts,
  request: RelayedRequest,
  model: string,
  preferred?: string,
): void {
  const {policy, health, loads, quotas} = relay;
  const {attempts, claims, kind} = request;
  serveBy(relay, request, servingModel(policy(), model, health));
  const routing = {health, loads, quotas, user: claims.user, key: keyOf(policy(), request)};
  if (kind === "ahead") {
    attempts.left = spareOf(policy(), request.served, routing);
    return;
  }
  const {deployments, lost, waitS} = routeOf(policy(), request.served, routing);
  const isPreferred = ({name}: Deployment) => name === preferred;
  attempts.left =
    preferred === undefined
      ? deployments
      : [...deployments.filter(isPreferred), ...deployments.filter((one) => !isPreferred(one))];
  attempts.lost = lost;
  attempts.retryAfterS = Math.min(attempts.retryAfterS, waitS);
  const {overflow} = policy().models[request.served]!;
  if (overflow !== undefined) planOverflow(relay, request, overflow);
}

/** Begins the next leg of a request's way; whether there was one. */
export function takeLeg(relay: Parts, request: RelayedRequest): boolean {
  const [leg, ...rest] = request.attempts.legs;
  if (!leg) return false;
  request.attempts.legs = rest;
  if (leg.route) takeOwn(relay, request, leg.model, leg.route);
  else takeOther(relay, request, leg.model);
  return true;
}

function planOverflow(relay: Parts, request: RelayedRequest, overflow: string) {
  const {policy, health} = relay;
  const {attempts, served, claims} = request;
  const {fallback} = policy().models[served]!;
  const isAway = (one: Deployment) => fallback.some((far) => isSame(far, one));
  const own = attempts.left.filter((one) => !isAway(one));
  const legs = legsOf({
    model: served,
    overflow,
    route: {deployments: attempts.left, lost: attempts.lost},
    isWellHere: (one) => own.includes(one) && health.share(one, claims.user) > 0,
    overflowFirst: goesOverFirst(relay, request, own),
  });
  attempts.legs = [...legs, ...attempts.legs];
  attempts.left = [];
  takeLeg(relay, request);
}

/** Whoever can wait makes room, and deployments that have just come back take their share alone. */
function goesOverFirst(
  {health, loads, quotas}: Parts,
  {kind, claims: {user}}: RelayedRequest,
  own: readonly Deployment[],
): boolean {
  if (kind === "next_edit" && isShort(own, {health, loads, quotas, user})) return true;
  const share = Math.max(0, ...own.map((one) => health.share(one, user)));
  return share < 1 && Math.random() >= share;
}

const isSame = (one: Deployment, other: Deployment) =>
  one.upstream === other.upstream && one.name === other.name;

/** All of them may have turned out to be gone meanwhile. */
function takeOwn(relay: Parts, request: RelayedRequest, model: string, route: OwnRoute) {
  if (absenceOf(relay.policy(), model, relay.health)) return;
  serveBy(relay, request, model);
  request.attempts.left = [...route.deployments];
  request.attempts.lost = route.lost;
}

/** A request that has been at a model does not come back to it by way of others. */
function takeOther(relay: Parts, request: RelayedRequest, overflow: string) {
  const {attempts, served, asked} = request;
  const model = servingModel(relay.policy(), overflow, relay.health);
  if (model === served || attempts.passed.includes(model)) return;
  attempts.passed = [...attempts.passed, served];
  setRoute(relay, request, model);
  if (request.served === model && attempts.left.length > 0) relay.metrics.overflowed(asked, model);
}

/** The model that is asked from now on. */
function serveBy({policy}: Parts, request: RelayedRequest, model: string) {
  request.served = model;
  request.objective = objectiveOf(policy(), model, objectiveNameOf(request.kind));
  request.attempts.asking = policy().models[model]!;
}

/** Of the file that is written, by its user and its beginning: no client names it. Read where something goes by it. */
function keyOf({models}: Policy, {served, claims, body}: RelayedRequest): number | undefined {
  if (models[served]?.balance !== "load") return undefined;
  const text = body.get("prompt");
  return affinityKey(claims.user, typeof text === "string" ? text : "");
}
