import {z} from "zod";
import {retryAfterMs} from "../../../editor/retry-after.ts";
import {type Attempt, askAgain} from "../../ask-again.ts";
import {ArmError, errorOf, oneLine} from "./arm-error.ts";
import {createGate} from "./gate.ts";

/** Asks Azure Resource Manager. Paths begin with a slash and contain no query. */
export interface Arm {
  get<Out>(path: string, version: string, schema: z.ZodType<Out>, query?: Query): Promise<Out>;
  /** The items of all pages. */
  list<Out>(path: string, version: string, schema: z.ZodType<Out>, query?: Query): Promise<Out[]>;
  /** For questions that Azure wants as a POST; they change nothing. */
  post<Out>(path: string, version: string, schema: z.ZodType<Out>, body: object): Promise<Out>;
}

export type Query = Readonly<Record<string, string>>;

export interface ArmOptions {
  /** Origin of Azure Resource Manager, checked by `armOrigin`. */
  readonly origin: string;
  readonly getToken: () => Promise<string>;
  /** The limit of a single request. */
  readonly timeoutMs?: number;
  readonly wait?: (ms: number) => Promise<unknown>;
  readonly now?: () => number;
}

/** Enough for the list of a location's sizes, a megabyte, over a slow line. */
const TIMEOUT_MS = 30_000;
/** Requests under way at once. Azure lets a caller burst to 250 reads. */
const AT_ONCE = 8;
/** Only guards against a list that never ends: the longest known has two pages. */
const MOST_PAGES = 100;

interface Request {
  readonly url: string;
  readonly body?: object;
}

/** Each question is asked once; its answer is kept as long as the client lives. */
export function createArm({
  origin,
  getToken,
  timeoutMs = TIMEOUT_MS,
  wait,
  now = Date.now,
}: ArmOptions): Arm {
  const gate = createGate(AT_ONCE);
  const answers = new Map<string, Promise<unknown>>();

  const ask = (request: Request): Promise<unknown> => {
    const key = JSON.stringify(request);
    const known = answers.get(key) ?? send(request);
    answers.set(key, known);
    return known;
  };

  const send = (request: Request): Promise<unknown> =>
    askAgain(() => gate(() => attempt(request)), {
      tooLate: (error, waitMs) => (error as ArmError).after(waitMs),
      wait,
    });

  async function attempt({url, body}: Request): Promise<Attempt<unknown>> {
    const token = await getToken();
    try {
      const response = await fetch(url, {
        method: body ? "POST" : "GET",
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && {"content-type": "application/json"}),
        },
        ...(body && {body: JSON.stringify(body)}),
        // A redirect would carry the token elsewhere.
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      return await outcomeOf(response, now());
    } catch (cause) {
      return failed(cause instanceof ArmError ? cause : unreachable(url, timeoutMs, cause));
    }
  }

  const address = (path: string, version: string, query: Query = {}) =>
    `${origin}${path}?${new URLSearchParams({...query, "api-version": version})}`;

  async function list<Out>(
    path: string,
    version: string,
    schema: z.ZodType<Out>,
    query?: Query,
  ): Promise<Out[]> {
    const items: Out[] = [];
    const seen = new Set<string>();
    let url: string | undefined = address(path, version, query);
    while (url !== undefined) {
      seen.add(url);
      const page: Page<Out> = parse(pageOf(schema), await ask({url}), path);
      items.push(...page.value);
      url = page.nextLink ? nextUrl(page.nextLink, origin) : undefined;
      if (url && (seen.has(url) || seen.size === MOST_PAGES))
        throw new ArmError(`${path}: its pages do not end`);
    }
    return items;
  }

  return {
    list,
    get: async (path, version, schema, query) =>
      parse(schema, await ask({url: address(path, version, query)}), path),
    post: async (path, version, schema, body) =>
      parse(schema, await ask({url: address(path, version), body}), path),
  };
}

const failed = (error: ArmError, waitMs?: number): Attempt<unknown> => ({
  error,
  isPassing: error.passing,
  waitMs,
});

async function outcomeOf(response: Response, nowMs: number): Promise<Attempt<unknown>> {
  const text = await response.text();
  if (response.ok) return {answer: parseJson(text)};
  const waitMs = retryAfterMs(response.headers.get("retry-after"), nowMs);
  return failed(errorOf(response.status, text), waitMs);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ArmError("its answer is not JSON; is --arm Azure Resource Manager's?", {cause});
  }
}

interface Page<Out> {
  readonly value: Out[];
  readonly nextLink?: string | null | undefined;
}

const pageOf = <Out>(item: z.ZodType<Out>): z.ZodType<Page<Out>> =>
  z.object({value: z.array(item), nextLink: z.string().nullish()});

/** Refuses a link to another host, which would receive the token. */
function nextUrl(link: string, origin: string): string {
  const url = URL.parse(link);
  if (url?.origin === origin) return url.href;
  throw new ArmError(`its next page is at ${oneLine(url?.origin ?? link)}, not at ${origin}`);
}

function parse<Out>(schema: z.ZodType<Out>, answer: unknown, path: string): Out {
  const {data, error} = schema.safeParse(answer);
  if (!error) return data;
  const [{path: at, message}] = error.issues as [z.core.$ZodIssue];
  throw new ArmError(`${path}: its answer is not as documented: ${at.join(".")}: ${message}`);
}

function unreachable(url: string, timeoutMs: number, cause: unknown): ArmError {
  const {host} = new URL(url);
  const late = cause instanceof Error && cause.name === "TimeoutError";
  const said = late ? `no answer within ${timeoutMs / 1000} s` : oneLine(reasonOf(cause));
  return new ArmError(`${host}: ${said}`, {cause, passing: true});
}

/** `fetch` puts what happened into the cause. */
function reasonOf(cause: unknown): string {
  const {message, cause: inner} = cause as Error;
  return inner instanceof Error ? inner.message : message;
}
