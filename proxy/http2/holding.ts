import type {Stream} from "./connection.ts";
import {pause, resume} from "./incoming-data.ts";
import {isClosed, UNHEARD} from "./stream.ts";

/**
 * Keeps what comes on a stream, up to its window, until it is known whose it is. Call what this returns once the
 * stream has its handler: that hears all of it.
 */
export function hold(stream: Stream): () => void {
  const chunks: Buffer[] = [];
  let ended = false;
  pause(stream);
  stream.handler = {
    ...UNHEARD,
    data: (_, chunk) => chunks.push(chunk),
    ended: () => {
      ended = true;
    },
  };
  return () => {
    for (const chunk of chunks) if (!isClosed(stream)) stream.handler.data(stream, chunk);
    if (ended && !isClosed(stream)) stream.handler.ended(stream);
    resume(stream);
  };
}
