import type {Job} from "./batch.ts";
import type {Clock} from "./clock.ts";
import type {Engine, EngineState, Made} from "./engine.ts";

/** An engine that runs by a clock. */
export interface ModelServer {
  /** `made` is told of each of its tokens, until the last or until it is aborted. */
  ask(job: Job, made: (made: Made) => void): void;
  abort(id: number): boolean;
  state(): EngineState;
}

export function createModelServer(engine: Engine, clock: Clock): ModelServer {
  const asked = new Map<number, (made: Made) => void>();
  let isStepping = false;

  function step() {
    const ms = engine.begin();
    isStepping = ms !== undefined;
    if (ms === undefined) return;
    clock.after(ms, () => {
      for (const made of engine.end()) tell(made);
      step();
    });
  }

  function tell(made: Made) {
    const told = asked.get(made.id);
    if (made.isLast) asked.delete(made.id);
    told?.(made);
  }

  return {
    ask: (job, made) => {
      asked.set(job.id, made);
      engine.submit(job);
      if (!isStepping) step();
    },
    abort: (id) => {
      asked.delete(id);
      return engine.abort(id);
    },
    state: engine.state,
  };
}
