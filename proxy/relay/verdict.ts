/**
 * What a host's status means for its request. `answer`: it is served. `refusal`: the client asked for
 * what cannot be had, and is told so as `status`. `busy`: another deployment may have room. `failure`:
 * another may do better.
 */
export type Verdict =
  | {readonly kind: "answer" | "busy" | "failure"}
  | {readonly kind: "refusal"; readonly status: number};

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
export function verdictOf(status: number): Verdict {
  if (status === 200) return {kind: "answer"};
  if (status === 429) return {kind: "busy"};
  const told = REFUSALS.get(status);
  return told === undefined ? {kind: "failure"} : {kind: "refusal", status: told};
}

/** Our credential, or a deployment that is not there: no request is to blame. */
export function isOurs(status: number): boolean {
  return [401, 403, 404].includes(status);
}
