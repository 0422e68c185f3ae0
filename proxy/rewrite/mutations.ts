import {type Asker, concerns} from "../admit/client.ts";
import {LIMITS} from "../dialects/parameters.ts";
import type {Mutation} from "../policy.ts";
import {type Body, isObject, numberOf} from "./body.ts";
import {constantOf} from "./json-body.ts";

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

/** What a mutation does to a body. */
type Step = (body: Body) => void;

/** A policy's mutations are read once, not for each request. */
const known = new WeakMap<Mutation, readonly Step[]>();

function mutate(body: Body, mutation: Mutation): void {
  if (!known.has(mutation)) known.set(mutation, stepsOf(mutation));
  for (const step of known.get(mutation) ?? []) step(body);
}

function stepsOf({logitBias, drop, set, default: defaults, cap, stop}: Mutation): Step[] {
  return [
    ...(Object.keys(logitBias).length > 0 ? [addBias(logitBias)] : []),
    ...drop.map(dropAt),
    ...Object.entries(set).map(([path, value]) => setAt(path, value)),
    ...Object.entries(defaults).map(([path, value]) => defaultAt(path, value)),
    ...Object.entries(cap).map(([path, most]) => capAt(path, most)),
    ...(stop.length > 0 ? [addStops(stop)] : []),
  ];
}

function dropAt(path: string): Step {
  if (isName(path)) return (body) => body.remove(path);
  return (body) => change(body, path, () => GONE);
}

function setAt(path: string, value: unknown): Step {
  const constant = constantOf(value);
  if (isName(path)) return (body) => body.setConstant(path, constant);
  return (body) => change(body, path, () => structuredClone(value), true);
}

function defaultAt(path: string, value: unknown): Step {
  const put = setAt(path, value);
  if (isName(path)) return (body) => void (body.get(path) ?? put(body));
  return (body) => change(body, path, (old) => old ?? structuredClone(value), true);
}

const capAt =
  (path: string, most: number): Step =>
  (body) =>
    change(body, path, (old) => (isWithin(old, path, most) ? old : most));

/** Whether a path is a member's name, and leads to no place within one. */
const isName = (path: string) => path !== "*" && !path.includes(".");

/** Hosts may read a number out of a text, and take a limit below 0, or null, for none. What is not there stays so. */
function isWithin(value: unknown, path: string, most: number): boolean {
  if (value === undefined) return true;
  const number = numberOf(value) ?? Number.POSITIVE_INFINITY;
  return number <= most && !(number < 0 && LIMITS.includes(path));
}

function addBias(bias: Mutation["logitBias"]): Step {
  const constant = constantOf(bias);
  return (body) => {
    if (isObject(body.get(BIAS))) Object.assign(body.open(BIAS) as Values, bias);
    else body.setConstant(BIAS, constant);
  };
}

const BIAS = "logit_bias";

/** The client's own come first: they are its contract with its user. */
function addStops(stops: readonly string[]): Step {
  return (body) => {
    if (hasStops(body.get("stop"), stops)) return;
    const own = [body.open("stop") ?? []].flat();
    const all = new Set([...own, ...stops]);
    body.set("stop", [...all].slice(0, Math.max(own.length, MAX_STOPS)));
  };
}

/** As a list, each of them once. */
const hasStops = (sent: unknown, stops: readonly string[]): boolean =>
  Array.isArray(sent) &&
  stops.every((stop) => sent.includes(stop)) &&
  new Set(sent).size === sent.length;

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
