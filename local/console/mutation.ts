import type {Policy} from "../../proxy/policy.ts";

/** A policy file's text with one more mutation: this text never comes, nor what is after it. */
export function forbidding(policy: string, text: string): string {
  const parsed = JSON.parse(policy) as Pick<Policy, "mutations">;
  const mutation = {name: "console-bad-text", stop: [text]};
  return JSON.stringify({...parsed, mutations: [...(parsed.mutations ?? []), mutation]}, null, 2);
}
