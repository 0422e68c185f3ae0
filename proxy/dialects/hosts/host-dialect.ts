import type {Asking} from "../../policy.ts";
import type {Body} from "../../rewrite/body.ts";
import type {HostApi} from "../../upstream/upstream.ts";
import type {Said} from "../answer.ts";
import type {SourceFile} from "../files.ts";
import type {Filter} from "../text/filter.ts";

/** A way in which hosts are asked for what is missing from a text, and answer. */
export interface HostDialect {
  /** How a completion is asked for. Throws PARAMETER_UNFIT for what cannot be asked for so. */
  ask(body: Body, how: How): Asked;
  /** How a chat is asked for, where not as it came. */
  chat?(body: Body, asking: Asking): Asked;
  /** Reads the events of one answer. The function throws where one is none. */
  newReader(): (event: unknown) => Said;
  /** What an answer in one piece says. Throws where it is none. */
  whole(answer: unknown): Said;
  /** The message of a host that does not take a request, where it has a form of its own; undefined where it has none. */
  refusal?(text: string): string | undefined;
}

/** How the model is asked, and what it is shown beside the text. */
export interface How {
  readonly asking: Asking;
  readonly files: readonly SourceFile[];
}

/** What a host is asked for, and what is taken off its answer. */
export interface Asked {
  readonly api: HostApi;
  readonly body: Body;
  /** For each choice. Left out: the answer passes as it is, for it has the form that is wanted. */
  readonly newFilter?: () => Filter;
  /** How many there will be; left out: as many as are asked for. */
  readonly choices?: number;
}
