import type {Clock} from "../../cloud/models/batching/clock.ts";
import type {ModelServer} from "../../cloud/models/batching/server.ts";
import type {Router} from "./router.ts";
import type {TracedRequest} from "./trace.ts";

/** What became of a request. */
export interface Answer {
  readonly request: TracedRequest;
  /** Undefined where its person had typed on before. */
  firstByteMs?: number;
  /** Second replicas that were asked. */
  hedges: number;
  /** Replicas that were told to stop as another had answered, and did. */
  cancelled: number;
  /** Replicas whose first byte came: no more than one. */
  begun: number;
  isWhole: boolean;
}

interface Call {
  readonly replica: number;
  readonly sentMs: number;
}

/** One proxy's way with a request: it asks a replica, or a second one where its router says so, until its person leaves. */
export function createAsking({
  clock,
  servers,
  router,
}: {
  clock: Clock;
  servers: readonly ModelServer[];
  router: Router;
}): {ask(answer: Answer): void} {
  function ask(answer: Answer) {
    const {request} = answer;
    const calls = new Set<Call>();
    const [first, ...left] = router.choose(request);
    send(answer, first!, calls);
    router.hedging?.wait({
      arrivedMs: clock.now(),
      left,
      isOpen: () => calls.size > 0 && answer.begun === 0,
      again: (replica) => {
        answer.hedges++;
        send(answer, replica, calls);
      },
    });
    clock.after(request.leavesMs - request.atMs, () => {
      for (const call of calls)
        stop(answer, call, answer.begun > 0 ? 0 : clock.now() - call.sentMs);
      calls.clear();
    });
  }

  function send(answer: Answer, replica: number, calls: Set<Call>) {
    const {request} = answer;
    const call = {replica, sentMs: clock.now()};
    calls.add(call);
    router.began(replica);
    servers[replica]!.ask({...request, priority: 0}, ({token, isLast}) => {
      if (token === 0) begin(answer, call, calls);
      if (!isLast) return;
      answer.isWhole = true;
      calls.delete(call);
      router.ended(replica, 0);
    });
  }

  /** The others are told to stop. */
  function begin(answer: Answer, call: Call, calls: Set<Call>) {
    const firstByteMs = clock.now() - answer.request.atMs;
    answer.begun++;
    answer.firstByteMs = firstByteMs;
    router.answered(call.replica, clock.now() - call.sentMs);
    router.hedging?.answered(firstByteMs);
    for (const other of calls) {
      if (other === call) continue;
      calls.delete(other);
      if (stop(answer, other, clock.now() - other.sentMs)) answer.cancelled++;
    }
  }

  /** Whether it was under way there. `unansweredMs`: how long it was waited for in vain. */
  function stop({request}: Answer, {replica}: Call, unansweredMs: number): boolean {
    router.ended(replica, unansweredMs);
    return servers[replica]!.abort(request.id);
  }

  return {ask};
}
