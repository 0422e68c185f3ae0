import type {Dialect} from "../dialects/dialect.ts";
import {errorBytes} from "../dialects/error-body.ts";
import {idHeaders, type ProxyError} from "../errors.ts";
import type {Stream} from "../http2/connection.ts";
import {end, writeHeaders} from "../http2/sending.ts";
import {isClosed} from "../http2/stream.ts";
import {JSON_TYPE, wholeWait} from "./headers.ts";

/** Editors show the body of this one as it stands. */
const UPGRADE = 466;

/** Answers with the error, in the client's dialect, and ends the stream; a body still on its way is read and thrown away. */
export function answerError(
  stream: Stream,
  id: string,
  error: ProxyError,
  dialect?: Dialect,
): void {
  if (isClosed(stream) || stream.headersSent) return;
  const {status, message, retryAfterS} = error;
  const isText = status === UPGRADE;
  const headers: Record<string, string | number | undefined> = {
    ":status": status,
    "content-type": isText ? "text/plain; charset=utf-8" : JSON_TYPE,
    ...error.headers,
    ...idHeaders(id),
  };
  if (retryAfterS !== undefined) headers["retry-after"] = `${wholeWait(retryAfterS)}`;
  writeHeaders(stream, headers);
  end(stream, isText ? Buffer.from(message) : errorBytes(error, dialect));
}
