/** The part of the engine's events that is read: https://www.pulumi.com/docs/reference/pkg/go/apitype/. */
export interface Event {
  /** In seconds since 1970. */
  readonly timestamp?: number;
  /** Before a resource is seen to, after, and where that failed; a preview is `planning`. */
  readonly resourcePreEvent?: {readonly metadata: Metadata; readonly planning?: boolean};
  readonly resOutputsEvent?: {readonly metadata: Metadata};
  readonly resOpFailedEvent?: {readonly metadata: Metadata};
  readonly diagnosticEvent?: {
    readonly urn?: string;
    readonly severity: string;
    readonly message: string;
  };
}

interface Metadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
  readonly old?: State | null;
  readonly new?: State | null;
}

/** A resource in the engine's state, its secrets masked. */
export interface State {
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What a run of the engine did; for a preview, what it would do. */
export interface Outcome {
  readonly succeeded: boolean;
  /**
   * Every step that changes something, in the engine's order: `create network:VirtualNetwork network`,
   * `update cognitiveservices:Deployment codex: sku.capacity`. For a refresh, what it found changed.
   * Components are left out.
   */
  readonly steps: readonly string[];
  /** The engine's error messages. */
  readonly errors: readonly string[];
}

export function outcomeOf(code: number | null, events: readonly Event[]): Outcome {
  return {
    succeeded: code === 0,
    steps: events.flatMap(({resourcePreEvent, resOutputsEvent}) => {
      const {metadata} = resourcePreEvent ?? {};
      if (metadata) return stepOf(metadata);
      return resOutputsEvent && refreshed(events, resOutputsEvent.metadata)
        ? stepOf(resOutputsEvent.metadata)
        : [];
    }),
    errors: events.flatMap(({diagnosticEvent: event}) =>
      event?.severity === "error" ? [event.message.trim()] : [],
    ),
  };
}

/** A refresh reports what it found in its output event only. */
const refreshed = (events: readonly Event[], {urn}: Metadata) =>
  events.some(
    ({resourcePreEvent: event}) => event?.metadata.op === "refresh" && event.metadata.urn === urn,
  );

/** Whether a provider makes something for it: not of stacks, components and providers themselves. */
export const isMade = (type: string) => !/^(meridian|pulumi:(pulumi|providers)):/.test(type);

/** The events that `pulumi up --json` prints, one a line, among whatever else it prints. */
export const eventsIn = (text: string): Event[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .flatMap(eventIn);

/** A line that is not whole was the last of a run that was broken off. */
function eventIn(line: string): Event[] {
  try {
    return [JSON.parse(line) as Event];
  } catch {
    return [];
  }
}

/** Steps that leave everything as it is, or only say what others do. */
const idle = new Set(["same", "read", "replace", "refresh"]);

function stepOf({op, urn, type, detailedDiff}: Metadata): string[] {
  if (idle.has(op) || !isMade(type)) return [];
  const kind = type.replace(/^(azure-native|kubernetes):/, "");
  const paths = op === "update" ? Object.keys(detailedDiff ?? {}).sort() : [];
  const title = `${op} ${kind} ${urn.split("::").at(-1)}`;
  return [paths.length > 0 ? `${title}: ${paths.join(", ")}` : title];
}
