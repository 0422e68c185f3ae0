import {runtime} from "@pulumi/pulumi";
import type {Inputs, Order} from "./cloud.ts";

/** What a program asks for: Pulumi's mocks are told the half of it, and not what is secret or whose child it is. */
export type Registration = Order;

type Monitor = NonNullable<ReturnType<typeof runtime.getMonitor>>;

/** The part of the requests' interface that is read; google-protobuf's structures as plain values. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProtect(): boolean;
  getObject(): Structure | undefined;
}

interface Structure {
  toJavaScript(): Record<string, unknown>;
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): Structure | undefined;
}

type Method<R> = (request: R, callback: unknown) => unknown;

export interface Observed {
  /** Of the stack, once it has run. */
  outputs(): {readonly outputs: Inputs; readonly secretOutputs: readonly string[]};
}

/** Tells of each registration just before the mocks hear of it, in the same turn. */
export function observe(
  monitor: Monitor,
  {stack, project}: {stack: string; project: string},
  onRegistration: (registration: Registration) => void,
): Observed {
  let ofStack: Record<string, unknown> = {};

  wrap<Request>(monitor, "registerResource", (request) => {
    const raw = request.getObject()?.toJavaScript() ?? {};
    const parent = request.getParent();
    const [type, name] = [request.getType(), request.getName()];
    onRegistration({
      stack,
      urn: `urn:pulumi:${stack}::${project}::${prefix(parent)}${type}::${name}`,
      type,
      name,
      ...(parent && {parent}),
      protect: request.getProtect(),
      inputs: plain(raw) as Inputs,
      secrets: secretPaths(raw),
    });
  });

  wrap<OutputsRequest>(monitor, "registerResourceOutputs", (request) => {
    if (!request.getUrn().includes("::pulumi:pulumi:Stack::")) return;
    ofStack = request.getOutputs()?.toJavaScript() ?? {};
  });

  const outputs = () => ({
    outputs: plain(ofStack) as Inputs,
    secretOutputs: Object.keys(ofStack).filter((key) => isSecret(ofStack[key])),
  });
  return {outputs};
}

function wrap<R>(monitor: Monitor, name: string, before: (request: R) => void) {
  const methods = monitor as unknown as Record<string, Method<R>>;
  const original = methods[name]!.bind(monitor);
  methods[name] = (request, callback) => {
    before(request);
    return original(request, callback);
  };
}

/** As the mocks' monitor does: the parent's own type, without its ancestors'. */
const prefix = (parent: string) => (parent ? `${parent.split("::")[2]!.split("$").at(-1)}$` : "");

/** Marked values as they travel: `{[signature]: kind, value}`. */
function isSecret(value: unknown): value is {value: unknown} {
  return isMap(value) && value[runtime.specialSigKey] === runtime.specialSecretSig;
}

/** Without the marks. A file that is an input is its path. */
function plain(value: unknown): unknown {
  if (isSecret(value)) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== runtime.specialSigKey);
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

function secretPaths(value: unknown, path = ""): string[] {
  if (isSecret(value)) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    secretPaths(inner, path ? `${path}.${key}` : key),
  );
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
