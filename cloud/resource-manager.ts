import type {IncomingMessage} from "node:http";
import {json} from "node:stream/consumers";
import {
  type JsonServer,
  type JsonServerOptions,
  type Reply,
  startJsonServer,
} from "./json-server.ts";

/** What a subscription has. Lists hold items as Azure documents them. */
export interface Estate {
  readonly subscription: string;
  /** By the path below the subscription, in lower case. Pages are made of them. */
  readonly lists: Readonly<Record<string, readonly unknown[]>>;
  /** Single resources, by the same paths. */
  readonly resources: Readonly<Record<string, unknown>>;
  /** Names that some customer has already. */
  readonly taken: readonly string[];
  /** By the path below the subscription. */
  readonly faults?: Readonly<Record<string, Fault>>;
}

/** A reply in place of the real one, as often as `times` says; always by default. */
export interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly times?: number;
}

/** Fewer than Azure's, so that every list has pages. */
const PAGE = 2;

/** In Azure's words: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors */
const refuse = (status: number, code: string, message: string): Reply => ({
  status,
  body: {error: {code, message}},
});

/**
 * Stands in for Azure Resource Manager, as far as preflight asks it: over HTTPS, for one token, list by
 * pages, names by their `check…Availability`. Whatever it has none of is 404, as at Azure.
 */
export async function startResourceManager({
  accessToken,
  estate,
  ...options
}: JsonServerOptions & {accessToken: string; estate: Estate}): Promise<
  JsonServer & {asked: readonly string[]}
> {
  const asked: string[] = [];
  const replyTo = createReplies(estate);
  const server = await startJsonServer(options, (request) => {
    asked.push(`${request.method} ${request.url}`);
    return request.headers.authorization === `Bearer ${accessToken}`
      ? replyTo(request)
      : refuse(401, "InvalidAuthenticationToken", "The access token is invalid.");
  });
  return {...server, asked};
}

function createReplies(estate: Estate): (request: IncomingMessage) => Promise<Reply> {
  const left = new Map(
    Object.entries(estate.faults ?? {}).map(([path, {times = Infinity}]) => [path, times]),
  );
  const faultAt = (path: string): Fault | undefined => {
    const times = left.get(path) ?? 0;
    left.set(path, times - 1);
    return times > 0 ? estate.faults?.[path] : undefined;
  };

  return async (request) => {
    const url = new URL(request.url ?? "", `https://${request.headers.host}`);
    if (!url.searchParams.has("api-version")) return versionMissing;
    const root = `/subscriptions/${estate.subscription}`;
    if (!url.pathname.startsWith(`${root}/`)) return subscriptionUnknown(url.pathname);
    const path = url.pathname.slice(root.length + 1).toLowerCase();
    const fault = faultAt(path);
    if (fault)
      return {...refuse(fault.status, fault.code, fault.message), headers: fault.headers ?? {}};
    return request.method === "POST"
      ? availability(path, (await json(request)) as Asked, estate.taken)
      : found(path, url, estate);
  };
}

const versionMissing = refuse(
  400,
  "MissingApiVersionParameter",
  "The api-version query parameter (?api-version=) is required for all requests.",
);

const subscriptionUnknown = (path: string): Reply =>
  refuse(
    404,
    "SubscriptionNotFound",
    `The subscription '${path.split("/")[2]}' could not be found.`,
  );

interface Asked {
  readonly name?: string;
  readonly subdomainName?: string;
}

/** Cognitive Services speaks of subdomains, the others of names. */
function availability(path: string, {name, subdomainName}: Asked, taken: readonly string[]): Reply {
  const free = !taken.includes(name ?? subdomainName ?? "");
  const why = free
    ? {}
    : {reason: "AlreadyExists", message: `The name '${name}' is already in use.`};
  if (!path.endsWith("/checkdomainavailability"))
    return {status: 200, body: {nameAvailable: free, ...why}};
  const reason = free ? null : `Sub domain name '${subdomainName}' is already used.`;
  return {status: 200, body: {isSubdomainAvailable: free, subdomainName, reason, type: null}};
}

function found(path: string, url: URL, {lists, resources, taken}: Estate): Reply {
  if (path.endsWith("/checkdnsnameavailability"))
    return {
      status: 200,
      body: {available: !taken.includes(url.searchParams.get("domainNameLabel") ?? "")},
    };
  const filter = url.searchParams.get("$filter");
  const key = filter ? `${path}?${filter}` : path;
  const list = lists[key];
  if (list) return {status: 200, body: page(list, url)};
  const resource = resources[key];
  if (resource) return {status: 200, body: resource};
  const [, group] = /^resourcegroups\/([^/]+)/.exec(path) ?? [];
  if (group)
    return refuse(404, "ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
  return refuse(404, "NoRegisteredProviderFound", `No registered resource provider for '${key}'.`);
}

function page(list: readonly unknown[], url: URL): object {
  const from = Number(url.searchParams.get("$skiptoken") ?? 0);
  const next = new URL(url);
  next.searchParams.set("$skiptoken", String(from + PAGE));
  return {
    value: list.slice(from, from + PAGE),
    ...(from + PAGE < list.length && {nextLink: next.href}),
  };
}
