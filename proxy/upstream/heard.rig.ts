import type {Sink} from "./transport.ts";

/** For tests: what was heard of one request. */
export interface Heard {
  status?: number;
  text: string;
  end?: string;
}

export const sink: Sink<Heard> = {
  answered: (heard, status) => {
    heard.status = status;
  },
  alive() {},
  data: (heard, chunk) => {
    heard.text += chunk;
  },
  ended: (heard) => {
    heard.end = "ended";
  },
  failed: (heard, failure) => {
    heard.end = failure;
  },
};
