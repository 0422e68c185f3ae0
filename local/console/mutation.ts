import type {Policy} from "../../proxy/policy.ts";

/** A policy file's text with one more mutation: the token of this id never comes. */
export function forbidding(policy: string, token: string): string {
  const parsed = JSON.parse(policy) as Pick<Policy, "mutations">;
  const mutation = {name: "console-bad-token", logitBias: {[token]: -100}};
  return JSON.stringify({...parsed, mutations: [...(parsed.mutations ?? []), mutation]}, null, 2);
}
