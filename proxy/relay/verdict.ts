import type {Deployment, Policy, Upstream} from "../policy.ts";
import type {Absence} from "../route/absences.ts";
import type {HostApi} from "../upstream/upstream.ts";

/**
 * What a host's status means for its request. `answer`: it is served. `refusal`: the client asked for
 * what cannot be had, and is told so as `status`. `busy`: another deployment may have room. `gone`: this
 * deployment will answer nobody. `failure`: another may do better.
 */
export type Verdict =
  | {readonly kind: "answer" | "busy" | "failure"}
  | {readonly kind: "gone"; readonly absence: Absence}
  | {readonly kind: "refusal"; readonly status: number};

export const FAILURE: Verdict = {kind: "failure"};

/** What a client can mend; 422 is what hosts on Python say for 400. Editors know what these mean: docs/contract.md. */
const REFUSALS: ReadonlyMap<number, number> = new Map([
  [400, 400],
  [413, 413],
  [422, 400],
]);

/**
 * Nothing else of a host's is passed on: a 402 or 466 would be taken for ours, our credential and our
 * deployment's names are no client's affair, and what has no meaning here is no answer.
 */
export function verdictOf(status: number, api: Upstream["api"]): Verdict {
  if (status === 200) return {kind: "answer"};
  if (status === 429) return {kind: "busy"};
  const absence = absenceBy(status, api);
  if (absence) return {kind: "gone", absence};
  const told = REFUSALS.get(status);
  return told === undefined ? FAILURE : {kind: "refusal", status: told};
}

/** The same of one of the policy's deployments. */
export const verdictOn = ({upstreams}: Policy, {upstream}: Deployment, status: number): Verdict =>
  verdictOf(status, upstreams[upstream]?.api ?? "openai");

/**
 * Azure's 410 is of a model that was retired, its 404 `DeploymentNotFound`. Another host's 404 may be a gateway's
 * that starts, and so is an ordinary failure.
 */
function absenceBy(status: number, api: Upstream["api"]): Absence | undefined {
  if (status === 410) return "retired";
  return status === 404 && api === "azure" ? "missing" : undefined;
}

/**
 * A chat goes as its client wrote it, and may name a stored thing that is not there: its 404 says nothing of the
 * deployment.
 */
export const isOfChats = (status: number, {api}: {readonly api: HostApi}): boolean =>
  status === 404 && api === "chat/completions";

/** Our credential, or a deployment that is not there: no request is to blame. */
export function isOurs(status: number): boolean {
  return [401, 403, 404].includes(status);
}
