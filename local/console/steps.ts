import {constants} from "node:http2";
import type {ModelHost} from "../../cloud/models/host.ts";
import type {Asked} from "../../editor/editor.ts";
import {eventReader} from "../../editor/wire.ts";

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

/** Tells each step of a request until its stream is closed. `left` is aborted when it is cancelled. */
export function tellSteps(
  {id, stream}: Asked,
  {left, hosts, tell}: {left: AbortSignal; hosts: readonly ModelHost[]; tell: (step: Step) => void},
): void {
  const sentMs = performance.now();
  let status = 0;
  let text = "";
  let cancelledMs: number | undefined;
  // After a cancel its own time counts, however long it takes to hear what came of it.
  const told = (step: Step["step"], note = "") =>
    tell({ms: (cancelledMs ?? performance.now()) - sentMs, step, text, note});
  const reader = eventReader((piece) => {
    text += piece;
    if (cancelledMs === undefined) told("streaming");
  });
  stream.setEncoding("utf8");
  stream.on("response", ({":status": answered}) => {
    status = Number(answered);
  });
  stream.on("data", (chunk: string) => {
    if (status === 200) reader.feed(chunk);
    else text += chunk;
  });
  const cancelled = () => {
    cancelledMs = performance.now();
    told("cancelled");
  };
  stream.on("close", () => {
    left.removeEventListener("abort", cancelled);
    if (cancelledMs === undefined) return told(...endOf(status, stream.rstCode, text));
    void heardOf(hosts, id, cancelledMs).then((ms) => told("stopped", noteOf(ms, text !== "")));
  });
  told("sent");
  if (left.aborted) cancelled();
  else left.addEventListener("abort", cancelled);
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

/** What a cancel has spared. A model host stopped \`heardMs\` after it; undefined where none was at work on the request. */
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
