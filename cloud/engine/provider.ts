import {type Cloud, CloudError} from "../cloud.ts";
import {type Consequence, consequenceOf} from "../consequence.ts";
import type {Inputs, Order} from "../resource.ts";
import {kindOf} from "../types.ts";
import {plain, remarked, secretPaths} from "./pulumi-values.ts";
import type {Uploads} from "./uploads.ts";

/** Properties as they come from the engine and go back to it: secrets, files and the unknown are marked. */
export type Properties = Record<string, unknown>;

/** What the engine asks of a provider. Methods that are refused reject with a CloudError. */
export type Provider = ReturnType<typeof createProvider>;

/**
 * The cloud's second door: what azure-native and the Kubernetes provider do between the engine and the
 * cloud. It remembers nothing but its subscription, as they do: all that lasts is in the cloud and in the
 * engine's state.
 */
export function createProvider(
  cloud: Cloud,
  {uploads, subscription}: {uploads?: Uploads; subscription?: string} = {},
) {
  /** Faults of the inputs by themselves. A preview reports them too. */
  function check(urn: string, news: Properties): readonly string[] {
    const {type, stack, inputs} = orderOf(urn, news);
    const kind = kindOf(type);
    if (!kind) return [`UnknownType: the stand-in does not know ${type}`];
    return kind.shape?.(inputs, kind.id(inputs, stack, subscription)) ?? [];
  }

  function diff(id: string, urn: string, olds: Properties, news: Properties): Consequence {
    const {type, stack, inputs} = orderOf(urn, news);
    return consequenceOf(kindOf(type), {id, inputs: plain(olds) as Inputs}, {stack, inputs});
  }

  async function create(urn: string, news: Properties) {
    const order = {...orderOf(urn, news), subscription};
    requireSource(order);
    const {id, outputs} = await cloud.write(order);
    return {id, properties: remarked(outputs, news) as Properties};
  }

  async function update(id: string, urn: string, news: Properties): Promise<Properties> {
    const now = cloud.find(id);
    if (!now) throw new CloudError([`ResourceNotFound: The resource '${id}' was not found.`]);
    // What is there is asked for by its id.
    const {subscription} = now;
    const {outputs} = await cloud.write({...orderOf(urn, news), subscription}, now);
    return remarked(outputs, news) as Properties;
  }

  /** The resource as it is, with secrets marked as in the inputs that the engine knows; undefined where it is gone. */
  function read(id: string, inputs: Properties) {
    const now = cloud.find(id);
    return (
      now && {
        inputs: remarked(now.inputs, inputs) as Properties,
        properties: remarked(now.outputs, inputs) as Properties,
      }
    );
  }

  const remove = (id: string) => cloud.remove(id);

  function call(token: string, args: Properties): Inputs {
    const answer = cloud.call("", token, plain(args) as Inputs, subscription);
    return uploads && answer.uploadUrl ? uploads.place() : answer;
  }

  /** https://learn.microsoft.com/azure/container-registry/container-registry-tasks-overview#context-locations */
  function requireSource({type, inputs}: Order): void {
    if (!uploads || type !== "azure-native:containerregistry:TaskRun") return;
    const {sourceLocation} = inputs.runRequest as {readonly sourceLocation: string};
    if (!uploads.at(sourceLocation))
      throw new CloudError([`BuildSourceNotFound: there is nothing at '${sourceLocation}'.`]);
  }

  return {check, diff, create, update, read, remove, call};
}

/** urn:pulumi:STACK::PROJECT::TYPES::NAME, the types from the outermost to its own. */
export function orderOf(urn: string, news: Properties): Order {
  const [project = "", , types = "", name = ""] = urn.split("::");
  return {
    stack: project.split(":")[2] ?? "",
    urn,
    type: types.split("$").at(-1) ?? "",
    name,
    protect: false,
    inputs: plain(news) as Inputs,
    secrets: secretPaths(news),
  };
}
