import type {Speech} from "../dialects/speech.ts";
import {idHeaders} from "../errors.ts";
import type {Fields} from "../http2/fields.ts";
import {write, writeHeaders} from "../http2/sending.ts";
import type {Deployment} from "../policy.ts";
import type {Failure} from "../upstream/transport.ts";
import {finish, hostLeft, NEXT_BYTE_TIMEOUT_MS, stopHost} from "./ends.ts";
import {errorIn, isComment} from "./events.ts";
import {JSON_TYPE, lengthOf} from "./headers.ts";
import {dropHedge} from "./hedge/turns.ts";
import {isTimed} from "./judgement.ts";
import type {Parts} from "./parts.ts";
import {type RelayedRequest, releaseBody} from "./relayed-request.ts";
import {brokeOff, FIRST_BYTE_TIMEOUT_MS, spill} from "./waiting-phase.ts";

const NOTHING = Buffer.alloc(0);
/** For a host that shows that it is at work, as a model that thinks does. */
const FIRST_WORD_TIMEOUT_MS = 60_000;

/** The host is at work, and has nothing to say yet. */
export function alive({now}: Parts, request: RelayedRequest): void {
  const {phase, arrivedMs, streamed} = request;
  if (phase === "streaming") request.deadlineMs = now() + NEXT_BYTE_TIMEOUT_MS;
  if (phase === "waiting" && streamed)
    request.deadlineMs = Math.min(now() + FIRST_BYTE_TIMEOUT_MS, arrivedMs + FIRST_WORD_TIMEOUT_MS);
}

/** A piece of the answer. */
export function data(relay: Parts, request: RelayedRequest, chunk: Buffer) {
  if (request.phase === "done") return;
  const {reply} = request;
  reply.received += chunk.length;
  reply.refusal?.push(chunk);
  if (reply.events) return passEvents(relay, request, reply.events.plain(chunk));
  pass(relay, request, chunk, reply.received === lengthOf(reply.head ?? {}));
}

/** The host has ended its stream. One that ends cleanly in mid-answer, or resets with code 0, has not finished it. */
export function ended(relay: Parts, request: RelayedRequest) {
  hostLeft(relay, request);
  if (request.phase === "done") return;
  if (!isWhole(request)) return brokeOff(relay, request, "reset");
  if (request.reply.speech) speak(relay, request, NOTHING, true);
  else finish(relay, request);
}

/** The host's stream, or the way to it, is gone. */
export function failed(relay: Parts, request: RelayedRequest, failure: Failure): void {
  hostLeft(relay, request);
  if (request.phase !== "done") brokeOff(relay, request, failure);
}

/** The client reads again. */
export function drained({now}: Parts, request: RelayedRequest): void {
  request.deadlineMs = now() + NEXT_BYTE_TIMEOUT_MS;
  request.attempts.call?.resume();
}

function passEvents(relay: Parts, request: RelayedRequest, chunk: Buffer) {
  const error = errorIn(chunk);
  if (error) return failWithin(relay, request, error);
  if (request.phase === "waiting" && isComment(chunk)) return alive(relay, request);
  request.reply.frames++;
  pass(relay, request, chunk, request.reply.events?.isLast(chunk) ?? false);
}

/** Until its first word another deployment may still answer. */
function failWithin(relay: Parts, request: RelayedRequest, error: "busy" | "failed") {
  if (error === "busy" && request.phase === "waiting")
    return spill(relay, request, request.reply.head ?? {});
  stopHost(relay, request);
  brokeOff(relay, request, "reset");
}

function pass(relay: Parts, request: RelayedRequest, chunk: Buffer, isLast: boolean) {
  if (request.reply.speech) speak(relay, request, chunk, isLast);
  else say(relay, request, chunk, isLast);
}

/** In the client's dialect. While there is nothing to say in it, another deployment may still answer. */
function speak(relay: Parts, request: RelayedRequest, chunk: Buffer, isLast: boolean) {
  const said = spoken(relay, request, chunk, isLast);
  if (said === undefined) return;
  if (said === "" && !isLast) return alive(relay, request);
  say(relay, request, Buffer.from(said), isLast);
}

/** Undefined where the host has said what no answer of its kind is: then it has failed. */
function spoken(relay: Parts, request: RelayedRequest, chunk: Buffer, isLast: boolean) {
  const speech = request.reply.speech as Speech;
  try {
    return speech.push(chunk) + (isLast ? speech.end() : "");
  } catch {
    stopHost(relay, request);
    brokeOff(relay, request, "reset");
    return undefined;
  }
}

function say(relay: Parts, request: RelayedRequest, chunk: Buffer, isLast: boolean) {
  if (request.phase === "waiting") sendHead(relay, request);
  request.deadlineMs = relay.now() + NEXT_BYTE_TIMEOUT_MS;
  if (isLast) return finish(relay, request, chunk);
  if (!write(request.stream, chunk)) request.attempts.call?.pause();
}

function sendHead(relay: Parts, request: RelayedRequest) {
  const {now, region, users} = relay;
  const {id, stream, arrivedMs, arm, reply} = request;
  request.phase = "streaming";
  reply.firstByteMs = now() - arrivedMs;
  dropHedge(relay, request, "lost");
  countFirstByte(relay, request);
  releaseBody(users, request);
  writeHeaders(stream, {
    ":status": reply.status,
    "content-type": typeOf(reply.head ?? {}),
    "x-meridian-region": region,
    ...(arm && {"x-meridian-arm": arm}),
    ...idHeaders(id),
  });
}

/** What is refused says nothing of how soon others are answered. */
function countFirstByte({now, loads}: Parts, request: RelayedRequest) {
  const {attempts, reply, lane, served} = request;
  if (reply.status !== 200 || !isTimed(request)) return;
  loads.answered(attempts.deployment as Deployment, now() - attempts.sentMs);
  if (lane?.model === served) lane.pace.add(reply.firstByteMs);
}

/** As the host names it where clients can be told so. */
function typeOf(headers: Fields): string {
  const type = headers["content-type"] ?? "";
  return /^[\x20-\x7e]{1,100}$/.test(type) ? type : JSON_TYPE;
}

function isWhole({reply: {head, events, received}}: RelayedRequest): boolean {
  if (!head || received === 0) return false;
  return events ? events.isWhole : (lengthOf(head) ?? received) === received;
}
