import {z} from "zod";
import {retryAfterMs} from "../../editor/retry-after.ts";
import {type Attempt, askAgain} from "../ask-again.ts";

/** Where a repository on GitHub shows results. */
export interface Github {
  /** Writes or rewrites the comment of a pull request that begins with `marker`. Resolves to its address. */
  writeComment(pull: number, marker: string, body: string): Promise<string>;
  /**
   * Writes or rewrites the open issue with this title; and `news`, unless it says so already, as a comment: a
   * body that is written anew tells nobody. Resolves to its address.
   */
  writeIssue(title: string, body: string, news?: string): Promise<string>;
  /** Closes the open issue with this title. Resolves to its address; undefined if there is none. */
  closeIssue(title: string): Promise<string | undefined>;
}

export interface GithubOptions {
  /** The API's base: https://api.github.com, or an enterprise server's. */
  readonly api: string;
  /** owner/name */
  readonly repository: string;
  readonly token: string;
  /** The login that writes; what others wrote is left alone. */
  readonly author: string;
  /** Waits for so many milliseconds; tests need not. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** The longest comment or issue that GitHub takes. */
export const MAX_CHARACTERS = 65_536;
/** https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api */
const PAGE = 100;
const MAX_PAGES = 100;
const TIMEOUT_MS = 30_000;

const written = z.object({url: z.string(), html_url: z.string()});
const user = z.object({login: z.string()}).nullable();
const comments = z.array(z.object({url: z.string(), body: z.string().default(""), user}));
const issues = z.array(
  z.object({url: z.string(), title: z.string(), user, pull_request: z.unknown().optional()}),
);

export function createGithub(options: GithubOptions): Github {
  const {repository, author} = options;
  const base = `${options.api}/repos/${repository}`;

  async function writeComment(pull: number, marker: string, body: string) {
    const list = `${base}/issues/${pull}/comments`;
    const own = await find(list, comments, (one) => one.body.startsWith(marker) && isOwn(one));
    return (await write(own?.url, list, {body: `${marker}\n${body}`})).html_url;
  }

  async function writeIssue(title: string, body: string, news?: string) {
    const own = await findIssue(title);
    const issue = await write(own?.url, `${base}/issues`, {title, body});
    if (news !== undefined) await writeOnce(`${issue.url}/comments`, news);
    return issue.html_url;
  }

  async function writeOnce(list: string, body: string): Promise<void> {
    const own = await find(list, comments, (one) => one.body === body && isOwn(one));
    if (own === undefined) await write(undefined, list, {body});
  }

  async function closeIssue(title: string) {
    const own = await findIssue(title);
    return own && (await write(own.url, own.url, {state: "closed"})).html_url;
  }

  const findIssue = (title: string) =>
    find(
      `${base}/issues?state=open&creator=${encodeURIComponent(author)}`,
      issues,
      (one) => one.title === title && isOwn(one) && one.pull_request === undefined,
    );

  const isOwn = ({user}: {user: {login: string} | null}) => user?.login === author;

  const write = async (own: string | undefined, list: string, body: object) =>
    written.parse(await ask(own ? "PATCH" : "POST", own ?? list, body));

  /** The first match in any page; undefined if there is none. */
  async function find<Item>(
    list: string,
    schema: z.ZodType<Item[]>,
    isIt: (item: Item) => boolean,
  ) {
    const separator = list.includes("?") ? "&" : "?";
    for (let page = 1; page <= MAX_PAGES; page++) {
      const address = `${list}${separator}per_page=${PAGE}&page=${page}`;
      const items = schema.parse(await ask("GET", address));
      const found = items.find(isIt);
      if (found || items.length < PAGE) return found;
    }
    return undefined;
  }

  /** Asks again where GitHub is busy or in trouble. Throws with what it said. */
  const ask = (method: string, address: string, body?: object): Promise<unknown> =>
    askAgain(() => attempt(method, address, body), {tooLate, wait: options.wait});

  async function attempt(
    method: string,
    address: string,
    body?: object,
  ): Promise<Attempt<unknown>> {
    const response = await fetch(address, {
      method,
      headers: headersOf(options.token),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && {body: JSON.stringify(body)}),
    });
    if (response.ok) return {answer: await response.json()};
    const waitMs = retryAfterMs(response.headers.get("retry-after"));
    const {status} = response;
    return {
      error: refusal(method, address, status, await response.text()),
      // https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
      isPassing: status === 429 || status >= 500 || (status === 403 && waitMs !== undefined),
      waitMs,
    };
  }

  return {writeComment, writeIssue, closeIssue};
}

const headersOf = (token: string) => ({
  accept: "application/vnd.github+json",
  authorization: `Bearer ${token}`,
  "content-type": "application/json",
  "x-github-api-version": "2022-11-28",
});

const tooLate = ({message}: Error, waitMs: number) =>
  new Error(`${message}; GitHub asks to wait for ${Math.ceil(waitMs / 1000)} s; run it again then`);

function refusal(method: string, address: string, status: number, text: string): Error {
  const mend =
    status === 401 || status === 403 || status === 404
      ? "; the workflow's job needs pull-requests: write (comments) or issues: write (issues)"
      : "";
  return new Error(`${method} ${address}: ${status} ${text.slice(0, 300)}${mend}`);
}
