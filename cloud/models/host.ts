import type {Authority} from "../certs.ts";
import type {Asked} from "./asked.ts";
import {type Model, type ModelOptions, startModel} from "./model.ts";

/** A region's model host, which remembers what it was asked, and the requests that were cancelled on it. */
export interface ModelHost extends Model {
  /** When a request's cancel arrived, in milliseconds since 1970. Rejects after `limitMs`. */
  cancelled(id: string, limitMs: number): Promise<number>;
  /** What it was asked under this id, and answered; undefined where it was not, or long ago. */
  asked(id: string): Asked | undefined;
}

export interface HostOptions extends Omit<ModelOptions, "tls" | "onCancel" | "onAsked"> {
  /** The name that its certificate is for. */
  readonly hostname: string;
  readonly authority: Authority;
}

/** Requests are asked about at once, so a world that runs for days need not keep them all. */
const REMEMBERED = 1000;

/**
 * Runs an account's model host in this process, so that it can be asked what it has seen. Its completer
 * costs less than a process of its own would.
 */
export async function startModelHost({
  hostname,
  authority,
  ...options
}: HostOptions): Promise<ModelHost> {
  const cancels = createMemory<number>();
  const requests = createMemory<Asked>();
  const waiting = new Map<string, (atMs: number) => void>();
  const model = await startModel({
    ...options,
    tls: await authority.issue([hostname]),
    onAsked: (asked) => requests.keep(asked.id, asked),
    onCancel: ({id, atMs}) => {
      cancels.keep(id, atMs);
      waiting.get(id)?.(atMs);
    },
  });

  function cancelled(id: string, limitMs: number): Promise<number> {
    const atMs = cancels.of(id);
    if (atMs !== undefined) return Promise.resolve(atMs);
    return new Promise<number>((resolve, reject) => {
      waiting.set(id, resolve);
      const late = new Error(`the cancel did not reach the model host within ${limitMs} ms`);
      setTimeout(reject, limitMs, late);
    }).finally(() => waiting.delete(id));
  }

  return {...model, cancelled, asked: requests.of};
}

function createMemory<What>() {
  const kept = new Map<string, What>();
  return {
    of: (id: string) => kept.get(id),
    keep(id: string, what: What) {
      kept.set(id, what);
      if (kept.size > REMEMBERED) kept.delete(kept.keys().next().value as string);
    },
  };
}
