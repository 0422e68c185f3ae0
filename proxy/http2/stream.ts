import type {Connection, Stream, StreamHandler} from "./connection.ts";
import {NO_ERROR} from "./wire.ts";

/** Most streams never hold anything back: they share this one, and replace it before they do. */
export const NO_QUEUE: Buffer[] = [];

const nothing = () => {};

/** Of a stream that nobody wants to hear of. */
export const UNHEARD: StreamHandler = {
  answered: nothing,
  data: nothing,
  ended: nothing,
  drained: nothing,
  closed: nothing,
};

/** RFC 9218, 4.1. */
export const DEFAULT_URGENCY = 3;

export function createStream(
  connection: Connection,
  id: number,
  {sendWindow, receiveWindow}: {sendWindow: number; receiveWindow: number},
): Stream {
  return {
    id,
    connection,
    context: undefined,
    handler: UNHEARD,
    receives: true,
    sends: true,
    answered: false,
    headersSent: false,
    ended: false,
    bodiless: false,
    code: NO_ERROR,
    sendWindow,
    receiveWindow,
    credit: 0,
    paused: false,
    awaited: -1,
    queue: NO_QUEUE,
    queuedBytes: 0,
    queued: false,
    inLine: false,
    needsDrain: false,
    stalledAtMs: 0,
    urgency: DEFAULT_URGENCY,
  };
}

export const isClosed = ({receives, sends}: Stream): boolean => !receives && !sends;
