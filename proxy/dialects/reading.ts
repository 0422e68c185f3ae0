import {StringDecoder} from "node:string_decoder";
import {createParser} from "eventsource-parser";

/** An event, or an answer in one piece, is a few kilobytes. */
const MAX_EVENT_CHARACTERS = 1 << 20;
const MAX_ANSWER_BYTES = 8 << 20;

/** Takes the bytes of server-sent events, however they are cut, and tells the data of each. Throws for one that has no end. */
export function createEventReader(onData: (data: string) => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder("utf8");
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({data}) => onData(data),
    onError(error) {
      if (error.type === "max-buffer-size-exceeded") throw error;
    },
  });
  return (chunk) => parser.feed(decoder.write(chunk));
}

/** An answer in one piece, as it comes. */
export interface WholeAnswer {
  /** Throws once it is over the bound. */
  push(chunk: Buffer): void;
  text(): string;
}

export function createWholeAnswer(): WholeAnswer {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    push(chunk) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) throw new Error(`answer over ${MAX_ANSWER_BYTES} bytes`);
      chunks.push(chunk);
    },
    text: () => Buffer.concat(chunks).toString(),
  };
}
