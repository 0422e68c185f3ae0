import {type Order, type Paths, parsePath} from "./azure-openai.ts";
import type {HttpRequest} from "./http-request.ts";

/** One request to a model host, and what it was answered. */
export interface Asked {
  /** The request's `x-request-id`. */
  readonly id: string;
  /** Milliseconds since the host's process began. */
  readonly atMs: number;
  readonly protocol: HttpRequest["protocol"];
  /** In which form it was asked. */
  readonly dialect: string;
  /** Empty where it named none. */
  readonly deployment: string;
  /** Names of the parameters in its body; none where that was refused. */
  readonly parameters: readonly string[];
  readonly status: number;
}

export function askedOf(
  {headers, path, protocol}: HttpRequest,
  outcome: {readonly order?: Order; readonly status?: number},
  {paths, family}: {paths: Paths; family: string | undefined},
): Asked {
  const {api, deployment} = parsePath(path, paths) ?? {};
  const {order, status = 200} = outcome;
  const isTemplated = family !== undefined && api === "completions";
  return {
    id: String(headers["x-request-id"] ?? ""),
    atMs: performance.now(),
    protocol,
    dialect: isTemplated ? `completions with the signs of ${family}` : (api ?? "nothing known"),
    deployment: deployment ?? order?.model ?? "",
    parameters: Object.keys(order?.parameters ?? {}),
    status,
  };
}
