import type {OutgoingHttpHeaders, ServerHttp2Stream} from "node:http2";
import type {Dialect} from "../dialects/dialect.ts";
import {errorBody, idHeaders, type ProxyError} from "../errors.ts";
import {JSON_TYPE, wholeWait} from "./headers.ts";

/** Editors show the body of this one as it stands. */
const UPGRADE = 466;

/** Answers with the error, in the client's dialect, and ends the stream; a body still on its way is read and thrown away. */
export function answerError(
  stream: ServerHttp2Stream,
  id: string,
  error: ProxyError,
  dialect?: Dialect,
): void {
  if (stream.destroyed || stream.headersSent) return;
  const {status, message, retryAfterS} = error;
  const isText = status === UPGRADE;
  const headers: OutgoingHttpHeaders = {
    ":status": status,
    "content-type": isText ? "text/plain; charset=utf-8" : JSON_TYPE,
    ...error.headers,
    ...idHeaders(id),
  };
  if (retryAfterS !== undefined) headers["retry-after"] = `${wholeWait(retryAfterS)}`;
  stream.respond(headers);
  // To a HEAD there is no body: Node has ended the stream.
  if (!stream.writableEnded) stream.end(isText ? message : bodyFor(error, dialect));
  stream.resume();
}

function bodyFor(error: ProxyError, dialect: Dialect | undefined): string {
  if (!dialect) return errorBody(error);
  const {status, type, message, code} = error;
  return JSON.stringify(dialect.error({status, type, message, code: code.toLowerCase()}));
}
