import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from "node:http2";
import {type RequestOptions, request} from "node:https";
import type {LookupFunction} from "node:net";
import {text as readText} from "node:stream/consumers";
import {connect as connectTls} from "node:tls";
import type {DnsFollower} from "./dns.ts";
import {type Received, receive} from "./received.ts";

/** The service as its users find it. */
export interface Service {
  readonly hostname: string;
  readonly port: number;
  /** PEM of the authority that signed the service's certificate; without it the system's are trusted. */
  readonly authority?: string;
  /** PEM of the client's own certificate and its key, where the service asks for one. */
  readonly certificate?: string | undefined;
  /** Where tokens are issued over HTTP/1.1; without it they are, like completions, over the connection. */
  readonly issuerPort?: number;
}

/** One HTTP/2 connection to the service. */
export interface Wire {
  /** Trades a credential for a token. */
  exchange(credential: string): Promise<Received>;
  /** Lists the models that a token covers. */
  models(token: string): Promise<Received>;
  /** Asks for a completion. */
  ask(request: CompletionRequest): ClientHttp2Stream;
  /** Times an HTTP/2 ping. Rejects when the connection is lost. */
  roundTripMs(): Promise<number>;
  /** Whether the connection takes another request. */
  readonly isOpen: boolean;
  /** How many requests are under way. */
  readonly underWay: number;
  /** Undefined until the name has been looked up. */
  readonly address: string | undefined;
  /** Closes the connection once its requests have ended. */
  close(): void;
}

export interface CompletionRequest {
  readonly token: string;
  readonly model: string;
  readonly prompt: string;
  /** Its `x-request-id`, which the model host sees too. */
  readonly id: string;
  /** Sent beside the usual parameters. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

export const TOKEN = "/copilot_internal/v2/token";

export const EDITOR = {
  "editor-version": "meridian/0.1.0",
  "editor-plugin-version": "typist/0.1.0",
};

/** An editor gives up on a stream that has been silent for so long. */
const TIMEOUT_MS = 10_000;

/** Connects to an address or a name, or to where DNS sends one. */
export function openWire(service: Service, at: string | DnsFollower): Wire {
  const {hostname, port, authority, certificate, issuerPort} = service;
  let address = typeof at === "string" ? at : undefined;
  const lookupBy =
    (dns: DnsFollower): LookupFunction =>
    (_name, _options, found) =>
      void dns.address().then(
        (answer) => {
          address = answer;
          found(null, [{address, family: 4}]);
        },
        (error) => found(error, []),
      );
  const way = {
    servername: hostname,
    ca: authority,
    ...(certificate && {cert: certificate, key: certificate}),
    ...(typeof at === "string" ? {host: at} : {host: hostname, lookup: lookupBy(at)}),
  };
  const socket = connectTls({...way, port, ALPNProtocols: ["h2"]});
  const session = connect(`https://${hostname}:${port}`, {createConnection: () => socket});
  const issuer = issuerPort === undefined ? undefined : {...way, port: issuerPort};
  return wireOf(session, {issuer, address: () => address});
}

/** Uses a connection that is there already, or being made; `issuer` is where tokens are had otherwise. */
export function wireOf(
  session: ClientHttp2Session,
  {
    issuer,
    address = () => undefined,
  }: {issuer?: RequestOptions | undefined; address?: () => string | undefined} = {},
): Wire {
  let underWay = 0;
  session.on("error", () => session.destroy());

  function send(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    const stream = session.request({...EDITOR, ...headers});
    underWay++;
    stream.setTimeout(TIMEOUT_MS, () => stream.close(constants.NGHTTP2_CANCEL));
    stream.on("error", () => {});
    stream.on("close", () => underWay--);
    return stream;
  }

  const isOpen = () => !session.closed && !session.destroyed;

  return {
    exchange: (credential) =>
      issuer
        ? getOverHttp1({...issuer, path: TOKEN, headers: {...EDITOR, ...bearer(credential)}})
        : receive(send({":path": TOKEN, ...bearer(credential)})),
    models: (token) => receive(send({":path": "/models", ...bearer(token)})),
    ask({token, model, prompt, id, parameters}) {
      const stream = send({
        ":method": "POST",
        ":path": `/v1/engines/${model}/completions`,
        ...bearer(token),
        "content-type": "application/json",
        "openai-intent": "copilot-ghost",
        "x-request-id": id,
      });
      stream.end(bodyOf(prompt, parameters));
      return stream;
    },
    roundTripMs: () =>
      new Promise((resolve, reject) => {
        if (!isOpen()) return reject(new Error("the connection is lost"));
        session.ping((error, ms) => (error ? reject(error) : resolve(ms)));
      }),
    get isOpen() {
      return isOpen();
    },
    get underWay() {
      return underWay;
    },
    get address() {
      return address();
    },
    close: () => session.close(),
  };
}

const bearer = (secret: string) => ({authorization: `Bearer ${secret}`});

/** The body that an editor asks with. */
export function bodyOf(prompt: string, parameters: CompletionRequest["parameters"] = {}): string {
  return JSON.stringify({
    ...parameters,
    prompt,
    max_tokens: 60,
    temperature: 0,
    stop: ["\n"],
    n: 1,
    stream: true,
    extra: {language: "typescript"},
    nwo: "meridian/demonstration",
    code_annotations: false,
  });
}

/** Receives the token of an issuer that speaks HTTP/1.1 alone. */
function getOverHttp1(options: RequestOptions): Promise<Received> {
  const none = {status: 0, headers: {}, text: "", code: 0, firstByteMs: 0};
  return new Promise((resolve) => {
    const asked = request({...options, agent: false}, async (response) => {
      const {statusCode: status = 0, headers} = response;
      resolve({...none, status, headers, text: await readText(response)});
    });
    asked.on("error", (error) => resolve({...none, error})).end();
  });
}
