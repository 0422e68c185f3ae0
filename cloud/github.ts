import {randomBytes} from "node:crypto";
import {readFileSync, writeFileSync} from "node:fs";
import type {Exchange, World} from "../regions/world.ts";
import {appOf, createDeviceLogins} from "./github-login.ts";
import {type JsonServer, type JsonServerOptions, startJsonServer} from "./json-server.ts";

/** Who may sign in to the world. */
export interface Person {
  readonly login: string;
  readonly id: number;
  readonly credential: string;
}

/** The host names at which the stand-in is reached: of its API, and of its pages. */
export const GITHUB = "api.github.com";
export const GITHUB_SITE = "github.com";

/**
 * The same world with the stand-in as identity provider, as there is no other on this machine, and with
 * personal keys by its device login where regions.yaml names no terms of its own.
 * `changed` tells whether regions.yaml names another.
 */
export function vouchedByGithub(world: World): {world: World; changed: boolean} {
  const {tokens} = world.service;
  const {exchange} = tokens;
  const api = `https://${GITHUB}`;
  const organizations = exchange.kind === "github" ? exchange.organizations : [];
  const local: Exchange = {kind: "github", api, organizations};
  const {clientId, scopes, lifetimeS} = appOf(organizations);
  const keys = {lifetimeS: tokens.keys?.lifetimeS ?? lifetimeS, clientId, scopes};
  const service = {...world.service, tokens: {...tokens, exchange: local, keys}};
  const changed = exchange.kind !== "github" || exchange.api !== api;
  return {world: {...world, service}, changed};
}

/** Writes a few people with credentials into a file that only its owner can read. */
export function writePeople(path: string): Person[] {
  const people = ["ada", "grace", "katherine", "radia"].map((login, index) => ({
    login,
    id: index + 1,
    credential: `gho_${randomBytes(18).toString("base64url")}`,
  }));
  writeFileSync(path, `${JSON.stringify(people, null, 2)}\n`, {mode: 0o600});
  return people;
}

/**
 * Stands in for GitHub: for its REST API, where `GET /user` says whose credential it is ("Get the authenticated
 * user"), and everyone is a member of every organization ("Get an organization membership for the
 * authenticated user"); and for its device login.
 */
export function startGithub({
  peopleFile,
  ...options
}: JsonServerOptions & {peopleFile: string}): Promise<JsonServer> {
  const people = (): Person[] => JSON.parse(readFileSync(peopleFile, "utf8"));
  const byCredential = (given: string) => people().find(({credential}) => credential === given);
  const logins = createDeviceLogins({personOf: (credential) => byCredential(credential)?.login});
  const holderOf = (credential: string) =>
    byCredential(credential) ?? people().find(({login}) => login === logins.holderOf(credential));

  return startJsonServer(options, async (request) => {
    const {url = "", headers} = request;
    const page = await logins.replyTo(request);
    if (page) return page;
    const credential = /^(?:Bearer|token) (\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
    const person = holderOf(credential);
    if (!person) return {status: 401, body: {message: "Bad credentials"}};
    const user = {login: person.login, id: person.id};
    if (url === "/user") return {status: 200, body: user};
    const [, login] = /^\/user\/memberships\/orgs\/([^/]+)$/.exec(url) ?? [];
    if (!login) return {status: 404, body: {message: "Not Found"}};
    return {status: 200, body: {state: "active", organization: {login}, user}};
  });
}
