import {randomUUID} from "node:crypto";
import type {ServerResponse} from "node:http";

/** Open pages, and what they are told by server-sent events. */
export interface Hub {
  /** False where there is no room for another page. */
  add(response: ServerResponse, greeting: (page: string) => readonly Event[]): boolean;
  tell(event: Event, page?: string): void;
  has(page: string): boolean;
  close(): void;
}

export interface Event {
  readonly name: string;
  readonly data: unknown;
}

/** More are a fault of whoever opens them. */
const MAX_PAGES = 16;
/** A page that reads nothing for so long is let go. */
const MAX_UNREAD_BYTES = 4 << 20;

export function createHub({left}: {left: (page: string) => void}): Hub {
  const pages = new Map<string, ServerResponse>();

  function add(response: ServerResponse, greeting: (page: string) => readonly Event[]) {
    if (pages.size >= MAX_PAGES) return false;
    const page = randomUUID();
    pages.set(page, response);
    response.on("close", () => {
      pages.delete(page);
      left(page);
    });
    response.writeHead(200, {"content-type": "text/event-stream"});
    for (const event of greeting(page)) response.write(textOf(event));
    return true;
  }

  function tell(event: Event, page?: string) {
    for (const [name, response] of pages) {
      if (page !== undefined && name !== page) continue;
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
      else response.write(textOf(event));
    }
  }

  return {
    add,
    tell,
    has: (page) => pages.has(page),
    close: () => {
      for (const response of pages.values()) response.destroy();
    },
  };
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html; JSON has no line ends. */
const textOf = ({name, data}: Event) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
