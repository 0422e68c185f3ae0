import type {Endpoint} from "../balancer.ts";
import type {Authority} from "../certs.ts";
import type {Paths} from "./azure-openai.ts";
import {type Cancel, type Model, startModel} from "./model.ts";

/** A region's model host, which remembers the requests that were cancelled on it. */
export interface ModelHost extends Model {
  /** When a request's cancel arrived, in milliseconds since 1970. Rejects after `limitMs`. */
  cancelled(id: string, limitMs: number): Promise<number>;
}

/** Cancels are asked about at once, so a world that runs for days need not keep them all. */
const REMEMBERED = 1000;

/**
 * Runs an account's model host in this process, so that it can be asked what it has seen. Its completer
 * costs less than a process of its own would.
 */
export async function startModelHost({
  hostname,
  listen,
  deployments,
  quotas,
  paths = "azure",
  family,
  http2,
  tokens,
  authority,
  forward,
  firstByteMs,
}: {
  /** The name that its certificate is for. */
  hostname: string;
  listen: Endpoint;
  /** The model of each, by its name. */
  deployments: Readonly<Record<string, string>>;
  /** Tokens a minute, by deployment. */
  quotas?: Readonly<Record<string, number>>;
  paths?: Paths;
  /** The family of its model, where it is a vLLM server. */
  family?: string | undefined;
  http2?: boolean;
  /** Bearer tokens that it takes; undefined where it is open to all. */
  tokens: readonly string[] | undefined;
  authority: Authority;
  forward: string | undefined;
  /** The default of `startModel` if undefined. */
  firstByteMs: number | undefined;
}): Promise<ModelHost> {
  const seen = new Map<string, number>();
  const waiting = new Map<string, (atMs: number) => void>();
  const model = await startModel({
    listen,
    deployments,
    quotas,
    paths,
    family,
    http2,
    tokens,
    forward,
    ...(firstByteMs !== undefined && {firstByteMs}),
    tls: await authority.issue([hostname]),
    onCancel: ({id, atMs}: Cancel) => {
      seen.set(id, atMs);
      if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value as string);
      waiting.get(id)?.(atMs);
    },
  });

  function cancelled(id: string, limitMs: number): Promise<number> {
    const atMs = seen.get(id);
    if (atMs !== undefined) return Promise.resolve(atMs);
    return new Promise<number>((resolve, reject) => {
      waiting.set(id, resolve);
      const late = new Error(`the cancel did not reach the model host within ${limitMs} ms`);
      setTimeout(reject, limitMs, late);
    }).finally(() => waiting.delete(id));
  }

  return {...model, cancelled};
}
