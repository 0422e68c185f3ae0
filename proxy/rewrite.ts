import {type Body, isObject, numberOf} from "./body.ts";
import {type Asker, concerns} from "./client.ts";
import type {Mutation} from "./policy.ts";

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
  const top = bodyHolder(body);
  mergeLogitBias(body, mutation.logitBias);
  for (const path of mutation.drop) at(top, path, (holder, key) => holder.remove(key));
  for (const [path, value] of Object.entries(mutation.set))
    at(top, path, (holder, key) => holder.set(key, structuredClone(value)), true);
  for (const [path, value] of Object.entries(mutation.default))
    at(
      top,
      path,
      (holder, key) => holder.get(key) ?? holder.set(key, structuredClone(value)),
      true,
    );
  for (const [path, most] of Object.entries(mutation.cap))
    at(top, path, (holder, key) => {
      if ((numberOf(holder.get(key)) ?? most) > most) holder.set(key, most);
    });
  addStops(body, mutation.stop);
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

/** What a path reaches into by key: the body, or an object or list in it. */
interface Holder {
  names(): string[];
  get(key: string): unknown;
  /** The value, to be changed in place. */
  open(key: string): unknown;
  set(key: string, value: unknown): void;
  remove(key: string): void;
  /** Puts a mapping where there is nothing. */
  make(key: string): void;
}

type Change = (holder: Holder, key: string) => void;

/** Makes a change at each place that a dotted path leads to; `*` is every element. `make` adds missing parents. */
function at(holder: Holder, path: string, change: Change, make = false): void {
  const dot = path.indexOf(".");
  const head = dot < 0 ? path : path.slice(0, dot);
  // From the end: what is removed moves nothing that is still to come.
  for (const key of head === "*" ? holder.names().reverse() : [head]) {
    if (dot < 0) change(holder, key);
    else {
      if (make) holder.make(key);
      const next = holderOf(holder.get(key)) && holderOf(holder.open(key));
      if (next) at(next, path.slice(dot + 1), change, make);
    }
  }
}

const bodyHolder = (body: Body): Holder => ({
  ...body,
  make: (key) => {
    if (body.get(key) == null) body.set(key, {});
  },
});

function holderOf(value: unknown): Holder | undefined {
  if (Array.isArray(value)) return listHolder(value);
  return isObject(value) ? objectHolder(value) : undefined;
}

function objectHolder(object: Record<string, unknown>): Holder {
  const get = (key: string) => (Object.hasOwn(object, key) ? object[key] : undefined);
  return {
    names: () => Object.keys(object),
    get,
    open: get,
    set: (key, value) => {
      object[key] = value;
    },
    remove: (key) => delete object[key],
    make: (key) => {
      object[key] ??= {};
    },
  };
}

/** A list is never made longer. */
function listHolder(list: unknown[]): Holder {
  const has = (key: string) => key !== "length" && Object.hasOwn(list, key);
  const get = (key: string) => (has(key) ? list[Number(key)] : undefined);
  return {
    names: () => Object.keys(list),
    get,
    open: get,
    set: (key, value) => {
      if (has(key)) list[Number(key)] = value;
    },
    remove: (key) => {
      if (has(key)) list.splice(Number(key), 1);
    },
    make() {},
  };
}
