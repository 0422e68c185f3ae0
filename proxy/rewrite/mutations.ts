import {type Asker, concerns} from "../admit/client.ts";
import {LIMITS} from "../dialects/parameters.ts";
import type {Mutation} from "../policy.ts";
import {type Body, isObject, numberOf} from "./body.ts";

/** OpenAI's limit on stop texts; hosts refuse a request with more. */
const MAX_STOPS = 4;

/** What editors send beside OpenAI's parameters. Hosts refuse a request with any that they do not know. */
const EDITOR_PARAMETERS = ["extra", "nwo", "code_annotations"];

export function dropEditorParameters(body: Body): void {
  for (const name of EDITOR_PARAMETERS) body.remove(name);
}

/** Applies the mutations that concern the request, in order, to `body` in place. */
export function rewrite(body: Body, asker: Asker, mutations: readonly Mutation[]): void {
  for (const mutation of mutations)
    if (concerns(mutation.when, asker, mutation.name)) mutate(body, mutation);
}

function mutate(body: Body, mutation: Mutation): void {
  mergeLogitBias(body, mutation.logitBias);
  for (const path of mutation.drop) change(body, path, () => GONE);
  for (const [path, value] of Object.entries(mutation.set))
    change(body, path, () => structuredClone(value), true);
  for (const [path, value] of Object.entries(mutation.default))
    change(body, path, (old) => old ?? structuredClone(value), true);
  for (const [path, most] of Object.entries(mutation.cap))
    change(body, path, (old) => (isWithin(old, path, most) ? old : most));
  addStops(body, mutation.stop);
}

/** Hosts may read a number out of a text, and take a limit below 0, or null, for none. What is not there stays so. */
function isWithin(value: unknown, path: string, most: number): boolean {
  if (value === undefined) return true;
  const number = numberOf(value) ?? Number.POSITIVE_INFINITY;
  return number <= most && !(number < 0 && LIMITS.includes(path));
}

function mergeLogitBias(body: Body, bias: Mutation["logitBias"]): void {
  if (Object.keys(bias).length === 0) return;
  const own = body.open("logit_bias");
  body.set("logit_bias", isObject(own) ? Object.assign(own, bias) : {...bias});
}

/** The client's own come first: they are its contract with its user. */
function addStops(body: Body, stops: readonly string[]): void {
  if (stops.length === 0) return;
  const own = [body.get("stop") ?? []].flat();
  body.set("stop", [...new Set([...own, ...stops])].slice(0, Math.max(own.length, MAX_STOPS)));
}

/** What a value becomes; itself where it stays. */
type Change = (old: unknown) => unknown;
const GONE = Symbol("gone");

/**
 * Makes a change at each place that a dotted path leads to; `*` is every element. `make` adds what is
 * missing on the way, though no elements of lists. Members that it leads nowhere in stay as they came.
 */
function change(body: Body, path: string, to: Change, make = false): void {
  const [head, rest] = parted(path);
  for (const name of head === "*" ? body.names() : [head]) {
    const old = body.get(name);
    if (rest === undefined) put(body, name, old, to(old));
    else {
      if (make && old == null) body.set(name, {});
      if (make || leads(old, rest)) changeWithin(body.open(name), rest, to, make);
    }
  }
}

function put(body: Body, name: string, old: unknown, next: unknown) {
  if (next === GONE) body.remove(name);
  else if (next !== old) body.set(name, next);
}

/** The first segment of a path, and what is after it. */
function parted(path: string): [head: string, rest: string | undefined] {
  const dot = path.indexOf(".");
  return dot < 0 ? [path, undefined] : [path.slice(0, dot), path.slice(dot + 1)];
}

function leads(value: unknown, path: string): boolean {
  const [head, rest] = parted(path);
  const isEnd = (next: unknown) => rest === undefined || leads(next, rest);
  if (!Array.isArray(value) && !isObject(value)) return false;
  if (head === "*") return Object.values(value).some(isEnd);
  return Object.hasOwn(value, head) && isEnd((value as Values)[head]);
}

function changeWithin(value: unknown, path: string, to: Change, make: boolean): void {
  if (Array.isArray(value)) changeList(value, path, to, make);
  else if (isObject(value)) changeObject(value, path, to, make);
}

type Values = Record<string, unknown>;

function changeObject(value: Values, path: string, to: Change, make: boolean): void {
  const [head, rest] = parted(path);
  for (const key of head === "*" ? Object.keys(value) : [head]) {
    const old = Object.hasOwn(value, key) ? value[key] : undefined;
    if (rest === undefined) {
      const next = to(old);
      if (next === GONE) delete value[key];
      else if (next !== undefined) value[key] = next;
    } else {
      if (make && old == null) value[key] = {};
      changeWithin(value[key], rest, to, make);
    }
  }
}

/** A list is never made longer. */
function changeList(list: unknown[], path: string, to: Change, make: boolean): void {
  const [head, rest] = parted(path);
  const places = head === "*" ? list.keys() : [Number(head)].filter((place) => place in list);
  if (rest === undefined) {
    const changed = new Set(places);
    const next = list.map((old, place) => (changed.has(place) ? to(old) : old));
    list.length = 0;
    for (const value of next) if (value !== GONE) list.push(value);
  } else for (const place of places) changeWithin(list[place], rest, to, make);
}
