import {constants} from "node:http2";
import type {ModelHost} from "../../cloud/models/host.ts";
import type {Asked} from "../../editor/editor.ts";
import {receive} from "../../editor/received.ts";

/** What becomes of a request, step by step. */
export interface Step {
  /** How long after the request was sent. */
  readonly ms: number;
  /** `cancelled`: its stream was reset; `stopped`: it is known what came of that. */
  readonly step: "sent" | "streaming" | "done" | "cancelled" | "stopped" | "refused";
  /** As much of the completion as has come. */
  readonly text: string;
  /** Says more, at the last steps. */
  readonly note: string;
}

/** How long a model host may take to hear of a cancel. */
const HEARD_WITHIN_MS = 1000;

interface StepsOptions {
  /** Aborted when the request is cancelled. */
  readonly left: AbortSignal;
  readonly hosts: readonly ModelHost[];
  readonly tell: (step: Step) => void;
}

/** Tells each step of a request until its stream is closed, and what came of a cancel. */
export async function tellSteps({id, stream}: Asked, {left, hosts, tell}: StepsOptions) {
  const sentMs = performance.now();
  let text = "";
  let cancelledMs: number | undefined;
  // After a cancel its own time counts, however long it takes to hear what came of it.
  const told = (step: Step["step"], note = "") =>
    tell({ms: (cancelledMs ?? performance.now()) - sentMs, step, text, note});
  const cancelled = () => {
    cancelledMs = performance.now();
    told("cancelled");
  };
  told("sent");
  if (left.aborted) cancelled();
  else left.addEventListener("abort", cancelled);
  const received = await receive(stream, (piece) => {
    text += piece;
    if (cancelledMs === undefined) told("streaming");
  });
  left.removeEventListener("abort", cancelled);
  if (cancelledMs !== undefined)
    return told("stopped", noteOf(await heardOf(hosts, id, cancelledMs), text !== ""));
  told(...endOf(received.status, received.code, received.text));
}

/** How long after its cancel a model host stopped; undefined where none was at work on the request. */
async function heardOf(hosts: readonly ModelHost[], id: string, atMs: number) {
  try {
    const heard = hosts.map((host) => host.cancelled(id, HEARD_WITHIN_MS));
    return (await Promise.any(heard)) - performance.timeOrigin - atMs;
  } catch {
    return undefined;
  }
}

/** What the end of a stream that nobody cancelled means, by its status, its code and its body. */
export function endOf(status: number, code: number, text: string): [Step["step"], string] {
  if (status === 0) return ["refused", `no answer (code ${code})`];
  if (status !== 200) return ["refused", refusalOf(status, text)];
  if (code !== constants.NGHTTP2_NO_ERROR) return ["refused", `cut short (code ${code})`];
  return ["done", ""];
}

/** What a cancel has spared. `heardMs` is how much later a model host stopped; undefined where none was at work. */
export function noteOf(heardMs: number | undefined, hasText: boolean): string {
  if (heardMs !== undefined)
    return `${hasText ? "streaming" : "waiting"}; the model stopped ${heardMs.toFixed(1)} ms later`;
  return hasText
    ? "streaming; the model had just finished"
    : "before it was sent on; no model saw it";
}

function refusalOf(status: number, text: string): string {
  try {
    return `${status}: ${JSON.parse(text).error.message}`;
  } catch {
    return `${status}`;
  }
}
