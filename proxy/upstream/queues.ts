import {Agent, get, type IncomingMessage} from "node:http";
import {get as getSecurely, Agent as SecureAgent} from "node:https";
import type {Clock} from "../clock.ts";
import type {Deployment} from "../policy.ts";
import type {Queue} from "../route/loads.ts";
import {queueIn} from "./queue-text.ts";
import type {Reached, ServedPolicy} from "./served-policy.ts";

const ASK_EVERY_MS = 1000;
/** What comes later is overtaken by the next. */
const TIMEOUT_MS = 900;
/** A server's whole page has some hundred kilobytes. */
const MAX_BYTES = 1 << 20;

/**
 * Asks each vLLM server for its queue, every second, by its metrics: no credential is sent, and what is no such page
 * says nothing.
 */
export function createQueues({
  policy,
  said,
  clock: {every},
}: {
  policy: () => ServedPolicy;
  said: (deployment: Deployment, queue: Queue) => void;
  clock: Pick<Clock, "every">;
}): {close(): void} {
  const agents = {plain: new Agent({keepAlive: true}), secure: new SecureAgent({keepAlive: true})};
  const underWay = new Set<string>();
  const stopAsking = every(ASK_EVERY_MS, askAll);

  function askAll() {
    for (const [name, spec] of Object.entries(policy().upstreams))
      if (spec.vllm && !underWay.has(name)) ask(name, spec);
  }

  function ask(name: string, spec: Reached) {
    underWay.add(name);
    const url = new URL(spec.url);
    const options = {
      host: spec.address ?? url.hostname,
      port: url.port,
      path: `${url.pathname.replace(/\/$/, "")}/metrics`,
      headers: {host: url.host},
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    const asked =
      url.protocol === "https:"
        ? getSecurely({...options, agent: agents.secure, servername: url.hostname})
        : get({...options, agent: agents.plain});
    asked.once("response", (answer) => read(answer, (text) => hear(name, text)));
    asked.once("error", () => {});
    asked.once("close", () => underWay.delete(name));
  }

  function hear(upstream: string, text: string) {
    const queue = queueIn(text);
    if (!queue) return;
    for (const {deployments, fallback} of Object.values(policy().models))
      for (const one of [...deployments, ...fallback])
        if (one.upstream === upstream) said(one, queue);
  }

  return {
    close: () => {
      stopAsking();
      agents.plain.destroy();
      agents.secure.destroy();
    },
  };
}

function read(answer: IncomingMessage, whole: (text: string) => void) {
  const pieces: Buffer[] = [];
  let size = 0;
  answer.on("data", (piece: Buffer) => {
    size += piece.length;
    // Without an error Node may still call what had all its bytes whole.
    if (size > MAX_BYTES) answer.destroy(new Error("too large"));
    else pieces.push(piece);
  });
  answer.once("end", () => answer.statusCode === 200 && whole(Buffer.concat(pieces).toString()));
  answer.once("error", () => {});
}
