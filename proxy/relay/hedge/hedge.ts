import type {Speech} from "../../dialects/speech.ts";
import type {Fields} from "../../http2/fields.ts";
import type {Deployment} from "../../policy.ts";
import type {Call} from "../../upstream/transport.ts";
import type {Events} from "../events.ts";

/** A second host that is asked for a request, as the first one is late. */
export interface Hedge {
  readonly deployment: Deployment;
  readonly startedMs: number;
  call: Call | undefined;
  /** What it has said of an answer, kept until it is known which of the two counts. */
  said: Said | undefined;
  /** It has become its request's own call. */
  taken: boolean;
}

export interface Said {
  readonly status: number;
  readonly head: Fields;
  readonly chunks: Buffer[];
  /** Tell whether there is anything in it for the client. */
  readonly events: Events;
  readonly speech: Speech | undefined;
}
