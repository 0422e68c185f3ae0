import {type Asker, concerns} from "./client.ts";
import type {Mutation} from "./policy.ts";

/** The body of a completion request, as far as anyone looks into it. */
export type Body = Record<string, unknown>;

/** OpenAI's limit on stop texts; hosts refuse a request with more. */
const MAX_STOPS = 4;

/** What editors send beside OpenAI's parameters. Hosts refuse a request with any that they do not know. */
const EDITOR_PARAMETERS = ["extra", "nwo", "code_annotations"];

export function dropEditorParameters(body: Body): void {
  for (const name of EDITOR_PARAMETERS) delete body[name];
}

/** Applies the mutations that concern the request, in order, to `body` in place. */
export function rewrite(body: Body, asker: Asker, mutations: readonly Mutation[]): void {
  for (const mutation of mutations)
    if (concerns(mutation.when, asker, mutation.name)) mutate(body, mutation);
}

function mutate(body: Body, mutation: Mutation): void {
  mergeLogitBias(body, mutation.logitBias);
  for (const path of mutation.drop) at(body, path, drop);
  for (const [path, value] of Object.entries(mutation.set))
    at(body, path, (parent, key) => put(parent, key, structuredClone(value)), true);
  for (const [path, value] of Object.entries(mutation.default))
    at(body, path, (parent, key) => parent[key] ?? put(parent, key, structuredClone(value)), true);
  for (const [path, most] of Object.entries(mutation.cap))
    at(body, path, (parent, key) => {
      if (typeof parent[key] === "number" && parent[key] > most) put(parent, key, most);
    });
  addStops(body, mutation.stop);
}

function mergeLogitBias(body: Body, bias: Mutation["logitBias"]): void {
  if (Object.keys(bias).length === 0) return;
  body.logit_bias = {...(isObject(body.logit_bias) ? body.logit_bias : {}), ...bias};
}

/** The client's own come first: they are its contract with its user. */
function addStops(body: Body, stops: readonly string[]): void {
  if (stops.length === 0) return;
  const own = Array.isArray(body.stop) ? body.stop : [body.stop ?? []].flat();
  body.stop = [...new Set([...own, ...stops])].slice(0, Math.max(own.length, MAX_STOPS));
}

/** An object or a list: both are reached into by key. */
type Holder = Record<string, unknown>;
type Change = (parent: Holder, key: string) => void;

/** Makes a change at each place that a dotted path leads to; `*` is every element. `make` adds missing parents. */
function at(holder: Holder, path: string, change: Change, make = false): void {
  const dot = path.indexOf(".");
  const head = dot < 0 ? path : path.slice(0, dot);
  const keys = head === "*" ? Object.keys(holder).reverse() : [head];
  for (const key of keys) {
    if (dot < 0) change(holder, key);
    else {
      if (make && !Array.isArray(holder)) holder[key] ??= {};
      const next = Object.hasOwn(holder, key) ? holder[key] : undefined;
      if (typeof next === "object" && next !== null)
        at(next as Holder, path.slice(dot + 1), change, make);
    }
  }
}

function put(holder: Holder, key: string, value: unknown): void {
  if (Array.isArray(holder) && !Object.hasOwn(holder, key)) return;
  holder[key] = value;
}

function drop(holder: Holder, key: string): void {
  if (!Array.isArray(holder)) delete holder[key];
  else if (Object.hasOwn(holder, key)) holder.splice(Number(key), 1);
}

export function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
