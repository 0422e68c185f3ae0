import type {Deployment} from "../policy.ts";
import type {DeploymentHealth} from "./deployment-health.ts";
import type {Loads} from "./loads.ts";
import type {UpstreamQuotas} from "./upstream-quota.ts";

/** So much of a minute's quota, and of a server's memory, is people's: what can wait takes what is over. */
const PEOPLES_SHARE = 0.2;

/** What is known of deployments, for one user. */
interface Known {
  readonly health: DeploymentHealth;
  readonly loads: Loads;
  readonly quotas: UpstreamQuotas;
  readonly user?: string;
}

/** Whether a deployment is wholly well and has room to spare, for what somebody may do without. */
export const hasSpare = (deployment: Deployment, {health, loads, quotas, user}: Known): boolean =>
  health.absences.of(deployment) === undefined &&
  health.waitS(deployment) === 0 &&
  health.share(deployment, user) === 1 &&
  Math.min(quotas.leftOf(deployment), loads.leftOf(deployment)) > PEOPLES_SHARE;

/** Whether room is short: none of them has any to spare. */
export const isShort = (deployments: readonly Deployment[], known: Known): boolean =>
  !deployments.some((deployment) => hasSpare(deployment, known));
