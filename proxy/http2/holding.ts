import type {Stream, StreamHandler} from "./connection.ts";
import {pause, resume} from "./incoming-data.ts";
import {PIECE_BYTES} from "./limits.ts";
import {reset} from "./sending.ts";
import {isClosed, UNHEARD} from "./stream.ts";
import {ENHANCE_YOUR_CALM} from "./wire.ts";

/**
 * Keeps what comes on a stream, up to its window, until it is known whose it is. Call what this returns once that is
 * decided: a handler that the stream has by then hears all of it; without one it is thrown away.
 */
export function hold(stream: Stream): () => void {
  const chunks: Buffer[] = [];
  let ended = false;
  let cost = 0;
  const holder: StreamHandler = {
    ...UNHEARD,
    data: (_, chunk) => {
      chunks.push(chunk);
      cost += chunk.length + PIECE_BYTES;
      if (cost > 2 * stream.connection.streamWindow) reset(stream, ENHANCE_YOUR_CALM);
    },
    ended: () => {
      ended = true;
    },
  };
  pause(stream);
  stream.handler = holder;
  return () => {
    if (stream.handler === holder) stream.handler = UNHEARD;
    for (const chunk of chunks) if (!isClosed(stream)) stream.handler.data(stream, chunk);
    if (ended && !isClosed(stream)) stream.handler.ended(stream);
    resume(stream);
  };
}
