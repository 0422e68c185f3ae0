import {constants} from "node:http2";
import {createParser} from "eventsource-parser";
import type {ModelHost} from "../../cloud/models/host.ts";
import type {Asked} from "../world/following-editor.ts";
import {endOf, type Fate, noteOf} from "./fate.ts";

/** By when a model host has heard of a cancel, if it ever does. */
const HEARD_WITHIN_MS = 1000;

/** Tells a request's steps until its stream is closed; hands back what cancels it. */
export function follow(
  {id, stream}: Asked,
  {hosts, tell}: {hosts: readonly ModelHost[]; tell: (fate: Fate) => void},
): () => void {
  const startedMs = performance.now();
  let status = 0;
  let text = "";
  let cancelledMs: number | undefined;
  // A cancel is when it was sent, however long it takes to hear what came of it.
  const told = (step: Fate["step"], note = "") =>
    tell({ms: (cancelledMs ?? performance.now()) - startedMs, step, text, note});
  const parser = createParser({
    onEvent: ({data}) => {
      text += textOf(data);
      if (cancelledMs === undefined) told("streaming");
    },
  });
  stream.setEncoding("utf8");
  stream.on("response", ({":status": answered}) => {
    status = Number(answered);
  });
  stream.on("data", (chunk: string) => {
    if (status === 200) parser.feed(chunk);
    else text += chunk;
  });
  stream.on("close", () => {
    if (cancelledMs === undefined) return told(...endOf(status, stream.rstCode, text));
    void heardOf(hosts, id, cancelledMs).then((ms) => told("stopped", noteOf(ms, text !== "")));
  });
  told("sent");

  return () => {
    if (stream.closed || cancelledMs !== undefined) return;
    cancelledMs = performance.now();
    told("cancelled");
    stream.close(constants.NGHTTP2_CANCEL);
  };
}

const textOf = (data: string): string =>
  data === "[DONE]" ? "" : (JSON.parse(data).choices?.[0]?.text ?? "");

/** How long after its cancel a model host stopped; undefined where none had it under way. */
async function heardOf(hosts: readonly ModelHost[], id: string, atMs: number) {
  try {
    const heard = hosts.map((host) => host.cancelled(id, HEARD_WITHIN_MS));
    return (await Promise.any(heard)) - performance.timeOrigin - atMs;
  } catch {
    return undefined;
  }
}
