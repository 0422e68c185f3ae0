/**
 * What waits until all that has arrived has been read: the event loop reads every socket that is ready, then runs this
 * once. A request whose reset came with it is thus seen to be gone, and all that a connection has to say goes out in
 * one write. First the steps, in their order, then the flushes, which include what the steps have brought about.
 */
interface Queue {
  readonly steps: ((subject: never) => void)[];
  readonly subjects: unknown[];
}

const steps: Queue = {steps: [], subjects: []};
const flushes: Queue = {steps: [], subjects: []};
let isDue = false;

export function afterReads<Subject>(step: (subject: Subject) => void, subject: Subject): void {
  push(steps, step, subject);
}

export function lastInTurn<Subject>(step: (subject: Subject) => void, subject: Subject): void {
  push(flushes, step, subject);
}

function push<Subject>(queue: Queue, step: (subject: Subject) => void, subject: Subject) {
  queue.steps.push(step);
  queue.subjects.push(subject);
  if (isDue) return;
  isDue = true;
  setImmediate(run);
}

function run() {
  try {
    drain(steps);
    drain(flushes);
  } finally {
    // Where one has thrown the others are still to come.
    isDue = steps.steps.length + flushes.steps.length > 0;
    if (isDue) setImmediate(run);
  }
}

function drain(queue: Queue) {
  let done = 0;
  try {
    for (; done < queue.steps.length; done++)
      (queue.steps[done] as (subject: unknown) => void)(queue.subjects[done]);
  } finally {
    queue.steps.splice(0, done + 1);
    queue.subjects.splice(0, done + 1);
  }
}
