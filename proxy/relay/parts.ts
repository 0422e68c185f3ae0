import type {UserLimits} from "../admit/user-limits.ts";
import type {Clock} from "../clock.ts";
import type {Metrics} from "../observe/metrics.ts";
import type {RefusedParameters} from "../observe/refused-parameters.ts";
import type {Vote} from "../observe/vote.ts";
import type {Policy} from "../policy.ts";
import type {DeploymentHealth} from "../route/deployment-health.ts";
import type {Loads} from "../route/loads.ts";
import type {RetryBudget} from "../route/retry-budget.ts";
import type {UpstreamQuotas} from "../route/upstream-quota.ts";
import type {Sink} from "../upstream/transport.ts";
import type {Upstreams} from "../upstream/upstream.ts";
import type {AnswerLengths} from "./answer-length.ts";
import type {Lanes} from "./hedge/lanes.ts";
import type {InFlight} from "./in-flight.ts";
import type {Mirrors} from "./mirror.ts";
import type {RelayedRequest} from "./relayed-request.ts";

/** What the relay is given. */
export interface RelayOptions {
  readonly policy: () => Policy;
  readonly upstreams: Upstreams;
  readonly users: UserLimits;
  readonly health: DeploymentHealth;
  readonly loads: Loads;
  readonly quotas: UpstreamQuotas;
  readonly retries: RetryBudget;
  readonly mirrors: Mirrors;
  readonly vote: Vote;
  readonly metrics: Metrics;
  readonly region: string;
  readonly clock: Clock;
}

/** What each step of a request works with. */
export interface Parts extends RelayOptions {
  readonly now: () => number;
  readonly lengths: AnswerLengths;
  readonly refusedParameters: RefusedParameters;
  readonly inFlight: InFlight<RelayedRequest>;
  readonly lanes: Lanes<RelayedRequest>;
  /** What hosts answer comes back through it. */
  readonly sink: Sink<RelayedRequest>;
  /** Sends a request on whose body has arrived and is not coded. */
  readonly forward: (request: RelayedRequest) => void;
}
