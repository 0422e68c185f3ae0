import type {Mutation} from "./policy.ts";

/** The body of a completion request, as far as anyone looks into it. */
export type Body = Record<string, unknown>;

/** Applies the mutations that concern `model`, in order, to `body` in place. */
export function rewrite(body: Body, model: string, mutations: readonly Mutation[]): void {
  for (const mutation of mutations) {
    if (mutation.models.length > 0 && !mutation.models.includes(model)) continue;
    mergeLogitBias(body, mutation.logitBias);
    for (const path of mutation.drop) drop(body, path.split("."));
  }
}

function mergeLogitBias(body: Body, bias: Mutation["logitBias"]): void {
  if (Object.keys(bias).length === 0) return;
  body.logit_bias = {...(isObject(body.logit_bias) ? body.logit_bias : {}), ...bias};
}

function drop(body: Body, path: readonly string[]): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) delete body[key];
  else if (isObject(body[key])) drop(body[key], rest);
}

export function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
