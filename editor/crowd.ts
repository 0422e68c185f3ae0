import type {Editor} from "./editor.ts";
import {type Person, startPerson} from "./person.ts";
import {type Stroke, seeded} from "./strokes.ts";
import type {TypedRequest} from "./tally.ts";

/** Many people who type and complete without end. */
export interface Crowd {
  readonly people: readonly Person[];
  /** Resolves once none of their requests is under way. */
  stop(): Promise<void>;
}

/** Puts a person at each editor; each one types by a random sequence of their own, the same in every run. */
export function startCrowd({
  first = 0,
  editors,
  strokesOf,
  ended,
}: {
  /** The number of the first person. */
  readonly first?: number;
  readonly editors: readonly Editor[];
  /** How a person types. */
  readonly strokesOf: (random: () => number) => Iterator<Stroke>;
  /** Told of each request once it has ended. */
  readonly ended: (request: TypedRequest) => void;
}): Crowd {
  const people = editors.map((editor, at) => {
    const person = first + at;
    const random = seeded(person + 1);
    return startPerson({person, editor, strokes: strokesOf(random), ended, random});
  });
  return {
    people,
    stop: async () => void (await Promise.all(people.map(({stop}) => stop()))),
  };
}
