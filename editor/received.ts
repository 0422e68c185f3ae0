import {type ClientHttp2Stream, constants} from "node:http2";
import {createParser, type EventSourceParser} from "eventsource-parser";
import {jsonOf} from "./json.ts";

/** Whatever came in response to a request. */
export interface Received {
  /** 0 where there was no response. */
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The code that the stream was closed with. */
  readonly code: number;
  readonly firstByteMs: number;
  readonly error?: Error | undefined;
}

export interface Completion {
  readonly text: string;
  readonly firstByteMs: number;
  readonly region: string;
}

/** Reads whatever comes until the stream is closed. `hear` is told each piece of a completion as it comes. */
export function receive(
  stream: ClientHttp2Stream,
  hear?: (piece: string) => void,
): Promise<Received> {
  const startedMs = performance.now();
  const received = {status: 0, headers: {}, text: "", firstByteMs: 0};
  const reader = hear && eventReader(hear);
  let error: Error | undefined;
  return new Promise((resolve) => {
    stream.setEncoding("utf8");
    stream.on("response", (headers) => {
      received.status = Number(headers[":status"]);
      received.headers = headers;
    });
    stream.on("data", (text: string) => {
      received.firstByteMs ||= performance.now() - startedMs;
      received.text += text;
      if (received.status === 200) reader?.feed(text);
    });
    stream.on("error", (given) => {
      error = given;
    });
    stream.on("close", () => resolve({...received, code: stream.rstCode, error}));
  });
}

/** The token in what came, and for how many seconds to use it. Throws where there is none. */
export function ticketOf(received: Received): {token: string; refresh_in?: number} {
  if (received.status === 200) return JSON.parse(received.text);
  throw failureOf("token", received);
}

/** Reads a completion to its end. Throws where it is not whole. */
export async function completionOf(stream: ClientHttp2Stream): Promise<Completion> {
  const received = await receive(stream);
  const {status, code, text, firstByteMs, headers} = received;
  if (status !== 200) throw failureOf("completion", received);
  if (code !== constants.NGHTTP2_NO_ERROR)
    throw new Error(`the completion was cut short (code ${code})`);
  return {text: textOf(text), firstByteMs, region: String(headers["x-meridian-region"])};
}

function failureOf(what: string, {status, text, code, error}: Received): Error {
  if (status !== 0) return new Error(`no ${what}: ${status} ${text}`);
  return error ?? new Error(`no answer (code ${code})`);
}

/** Hears the text of each event; of one without a text, such as `[DONE]`, nothing. */
const eventReader = (hear: (piece: string) => void): EventSourceParser =>
  createParser({
    onEvent: ({data}) => {
      const chunk = jsonOf(data) as {choices?: {text?: string}[]} | undefined;
      const text = chunk?.choices?.[0]?.text;
      if (text !== undefined) hear(text);
    },
  });

/** A completion's text, from its events. */
export function textOf(events: string): string {
  let text = "";
  eventReader((piece) => {
    text += piece;
  }).feed(events);
  return text;
}
