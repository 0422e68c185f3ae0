import type {runtime} from "@pulumi/pulumi";
import {isSecret, plain, secretPaths} from "../engine/pulumi-values.ts";
import type {Inputs, Order} from "../resource.ts";

type Monitor = NonNullable<ReturnType<typeof runtime.getMonitor>>;

/** The part of Pulumi's requests that is read. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getProtect(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getDeletebeforereplace(): boolean;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
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
  /** The outputs of the stack, once it has run. */
  outputs(): {readonly outputs: Inputs; readonly secretOutputs: readonly string[]};
}

/**
 * Tells of each order just before the mocks hear of it, in the same turn: they are told half of it, and not
 * what is secret or whose child it is.
 */
export function observe(
  monitor: Monitor,
  {stack, project}: {stack: string; project: string},
  onOrder: (order: Order) => void,
): Observed {
  let ofStack: Record<string, unknown> = {};

  wrap<Request>(monitor, "registerResource", (request) => {
    const raw = request.getObject()?.toJavaScript() ?? {};
    const parent = request.getParent();
    const [type, name] = [request.getType(), request.getName()];
    onOrder({
      stack,
      urn: `urn:pulumi:${stack}::${project}::${prefix(parent)}${type}::${name}`,
      type,
      name,
      ...(parent && {parent}),
      // A reference is the provider's URN and its id.
      ...(request.getProvider() && {provider: request.getProvider().replace(/::[^:]*$/, "")}),
      protect: request.getProtect(),
      ...(request.getDeletebeforereplacedefined() && {
        deleteBeforeReplace: request.getDeletebeforereplace(),
      }),
      dependencies: request.getDependenciesList().toSorted(),
      ignoreChanges: request.getIgnorechangesList(),
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

/** The mocks' monitor writes the parent's own type too, and none of its ancestors'. */
const prefix = (parent: string) => (parent ? `${parent.split("::")[2]!.split("$").at(-1)}$` : "");
