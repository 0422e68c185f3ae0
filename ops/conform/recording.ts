import {z} from "zod";
import {type Event, isMade} from "../../cloud/engine/events.ts";

const properties = z.record(z.string(), z.unknown());

/** What the engine asked a provider for, and what came of it. */
const step = z.strictObject({
  /** When it began and ended: numbers of events, so that one tells which steps met. */
  from: z.int(),
  to: z.int(),
  op: z.string(),
  urn: z.string(),
  id: z.string(),
  /** As they were before, for a change. */
  olds: properties.optional(),
  inputs: properties.optional(),
  answer: properties.optional(),
  /** Why it was refused. */
  error: z.string().optional(),
});

/** A run of `pulumi up`, or several after each other, as somebody else may read it: nothing in it is secret. */
const recordingSchema = z.strictObject({
  format: z.literal("meridian-recording-1"),
  /** The day, in seconds since 1970: what Azure supports depends on it. */
  at: z.number(),
  steps: z.array(step),
});

/** The same, out of a file's text. */
export const recordingText = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      context.addIssue({code: "custom", message: (error as Error).message});
      return z.NEVER;
    }
  })
  .pipe(recordingSchema);

export type Recording = z.infer<typeof recordingSchema>;
export type Step = z.infer<typeof step>;

/** What the events tell, with all that they tell of secrets: mask it before it is written. */
export function recordingOf(events: readonly Event[]): Recording {
  const recorder = createRecorder();
  for (const [at, event] of events.entries()) recorder.see(event, at);
  const at = events.find(({timestamp}) => timestamp !== undefined)?.timestamp ?? 0;
  return {format: "meridian-recording-1", at, steps: recorder.steps()};
}

/** What a preview would do is left out, and a step that did not end because the run was broken off. */
function createRecorder() {
  const begun = new Map<string, Step>();
  const errors = new Map<string, string>();
  const done: Step[] = [];

  function see(event: Event, at: number): void {
    const {resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent} = event;
    if (resourcePreEvent && !resourcePreEvent.planning) begin(resourcePreEvent.metadata, at);
    if (resOutputsEvent) end(resOutputsEvent.metadata, {to: at});
    if (diagnosticEvent?.severity === "error" && diagnosticEvent.urn)
      errors.set(diagnosticEvent.urn, uncoloured(diagnosticEvent.message));
    if (!resOpFailedEvent) return;
    const {metadata} = resOpFailedEvent;
    end(metadata, {to: at, error: errors.get(metadata.urn) ?? "it failed, and nothing says why"});
  }

  function begin({op, urn, type, old, new: next}: Metadata, from: number): void {
    if (!isMade(type)) return;
    const id = old?.id ?? next?.id ?? "";
    const before = old?.inputs && {olds: old.inputs};
    const wanted = next?.inputs && {inputs: next.inputs};
    begun.set(`${op} ${urn}`, {from, to: from, op, urn, id, ...before, ...wanted});
  }

  function end({op, urn, new: next}: Metadata, outcome: {to: number; error?: string}): void {
    const key = `${op} ${urn}`;
    const step = begun.get(key);
    if (!step) return;
    begun.delete(key);
    const answer = !outcome.error && next?.outputs && {answer: next.outputs};
    done.push({...step, id: next?.id || step.id, ...answer, ...outcome});
  }

  return {see, steps: () => done.toSorted((a, b) => a.from - b.from)};
}

type Metadata = NonNullable<Event["resourcePreEvent"]>["metadata"];

/** The engine marks colours so: `<{%fg 9%}>`. */
const uncoloured = (message: string) => message.replaceAll(/<\{%.*?%\}>/g, "").trim();
