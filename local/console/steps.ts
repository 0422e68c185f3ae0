import {constants} from "node:http2";
import type {Asked} from "../../cloud/models/asked.ts";

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
  /** The region whose model host answered, at the last. */
  readonly by?: string | undefined;
}

/** A step of one of a page's requests, which are numbered from 1. */
export interface NumberedStep extends Step {
  readonly number: number;
  readonly region: string | undefined;
}

/** How a request ends that nobody cancelled. */
type End = "done" | "refused";

/** What the end of a stream that nobody cancelled means, by its status, its code and its body. */
export function endOf(status: number, code: number, text: string): [End, string] {
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

/** Which deployments were asked, in which dialect, until one answered. */
export const wayOf = (requests: readonly Asked[]): string =>
  requests
    .map(({dialect, deployment, status}) => {
      const asked = `${deployment} asked by ${dialect}`;
      return status === constants.HTTP_STATUS_OK ? asked : `${asked}: ${status}`;
    })
    .join(", then ");

function refusalOf(status: number, text: string): string {
  try {
    return `${status}: ${JSON.parse(text).error.message}`;
  } catch {
    return `${status}`;
  }
}
