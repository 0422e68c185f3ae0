import {randomBytes} from "node:crypto";
import {readFileSync, writeFileSync} from "node:fs";
import {createServer} from "node:https";
import type {AddressInfo} from "node:net";
import type {Exchange, World} from "../regions/world.ts";
import type {Endpoint} from "./balancer.ts";

/** Who may sign in to the world. */
export interface Person {
  readonly login: string;
  readonly id: number;
  readonly credential: string;
}

/** Where the stand-in is found. */
export const GITHUB = "api.github.com";

/**
 * The same service with the stand-in to vouch for its users: no other identity provider is on this
 * machine. `changed` tells whether another was asked for.
 */
export function vouchedByGithub(world: World): {world: World; changed: boolean} {
  const {tokens} = world.service;
  const {exchange} = tokens;
  const api = `https://${GITHUB}`;
  const organizations = exchange.kind === "github" ? exchange.organizations : [];
  const local: Exchange = {kind: "github", api, organizations};
  const service = {...world.service, tokens: {...tokens, exchange: local}};
  const changed = exchange.kind !== "github" || exchange.api !== api;
  return {world: {...world, service}, changed};
}

/** Makes up a few people with credentials, in a file that only its owner can read. */
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
 * Stands in for GitHub's REST API: `GET /user` says whose credential it is ("Get the authenticated
 * user"), and everyone is a member of every organization ("Get an organization membership for the
 * authenticated user").
 */
export async function startGithub({
  listen,
  peopleFile,
  certificate,
  key,
}: {
  listen: Endpoint;
  peopleFile: string;
  certificate: string;
  key: string;
}): Promise<{port: number; close(): void}> {
  const server = createServer({cert: certificate, key}, (request, response) => {
    const people: Person[] = JSON.parse(readFileSync(peopleFile, "utf8"));
    const credential = /^(?:Bearer|token) (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const person = people.find((person) => person.credential === credential);
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, {"content-type": "application/json"}).end(JSON.stringify(body));
    const organization = /^\/user\/memberships\/orgs\/([^/]+)$/.exec(request.url ?? "")?.[1];
    if (!person) return answer(401, {message: "Bad credentials"});
    const user = {login: person.login, id: person.id};
    if (request.url === "/user") return answer(200, user);
    if (organization)
      return answer(200, {state: "active", organization: {login: organization}, user});
    return answer(404, {message: "Not Found"});
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
