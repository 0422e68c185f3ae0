import {createServer, type IncomingMessage, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import {refusalOf, SAFE_HEADERS} from "./guard.ts";

/** What is at a path: `GET /place`, `POST /switch`. */
export type Routes = Readonly<Record<string, (asked: Asked) => Answer | Promise<Answer>>>;

export interface Asked {
  readonly query: URLSearchParams;
  /** The JSON of a POST. */
  readonly body: unknown;
  readonly response: ServerResponse;
}

/** Undefined: the route answers by itself. */
export type Answer =
  | {
      readonly type: string;
      readonly body: string | Buffer;
      /** Content security policy, where it is not that of all. */
      readonly policy?: string;
    }
  | undefined;

/** A request that is at fault, in words for whoever sent it. */
export class BadRequest extends Error {}

const BODY_LIMIT = 64 << 10;

/** Serves the routes on loopback alone, to pages of its own alone. `port` 0 takes a free one. */
export async function serveLoopback({port, routes}: {port: number; routes: Routes}) {
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
    void answer(request, response).catch((error: Error) => {
      if (!(error instanceof BadRequest)) console.error(`console: ${error.message}`);
      refuse(response, error instanceof BadRequest ? 400 : 500, error.message);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const {method = "", headers, url = ""} = request;
    const refusal = refusalOf(method, headers, portOf());
    if (refusal) return refuse(response, refusal.status, refusal.text);
    const {pathname, searchParams} = new URL(url, "http://console");
    const route = Object.hasOwn(routes, `${method} ${pathname}`)
      ? routes[`${method} ${pathname}`]
      : undefined;
    if (!route) return refuse(response, 404, "there is nothing here");
    const body = method === "POST" ? await jsonOf(request) : undefined;
    const answered = await route({query: searchParams, body, response});
    if (!answered) return;
    if (answered.policy) response.setHeader("content-security-policy", answered.policy);
    response.writeHead(200, {"content-type": answered.type}).end(answered.body);
  }

  const portOf = () => (server.address() as AddressInfo).port;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf()}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function refuse(response: ServerResponse, status: number, text: string) {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, {"content-type": "text/plain; charset=utf-8"}).end(`${text}\n`);
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > BODY_LIMIT) throw new BadRequest(`more than ${BODY_LIMIT} bytes; send less`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest("the body is not JSON");
  }
}

export const json = (value: unknown): Answer => ({
  type: "application/json",
  body: JSON.stringify(value),
});
