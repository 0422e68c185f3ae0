import {pinOf, tagOf} from "../../infra/stacks/pins.ts";
import type {World} from "../../regions/world.ts";
import type {Cosign} from "../sign/cosign.ts";
import type {Engine} from "./engine.ts";
import {judge} from "./gate.ts";
import type {Entry, Stand, Version} from "./journal.ts";
import {modelAsked, objectiveIn} from "./objectives.ts";
import type {Progress} from "./progress.ts";
import type {RolloutActions} from "./rollout.ts";
import {soak, untilServing} from "./soak.ts";
import {createVisitor, type Visitor} from "./visitor.ts";

/** How many other regions a wave is compared with; more would say no more. */
const MAX_OTHERS = 3;

/** Changes stacks by Pulumi, and watches regions as a client that asks them. */
export function createRolloutActions({
  world,
  stand: {image, pinned},
  engine,
  progress,
  record,
  soakMs,
  credentialFile,
  certificateFile,
  cosign,
  stopping,
}: {
  readonly world: World;
  readonly stand: Stand;
  readonly engine: Engine;
  readonly progress: Progress;
  readonly record: (entry: Entry) => void;
  readonly soakMs: number;
  readonly credentialFile: string;
  readonly certificateFile: string | undefined;
  readonly cosign: Pick<Cosign, "unsigned">;
  /** Aborted when someone asks the rollout to stop. */
  readonly stopping: AbortSignal;
}): RolloutActions {
  const regions = new Map(world.regions.map((region) => [region.name, region]));
  /** Images found signed: a way back does not wait for the registry again. */
  const signed = new Set<string>();

  async function versionOf(stack: string): Promise<Version | undefined> {
    const {image, policy, weights} = await engine.outputs(stack);
    if (image === undefined || policy === undefined) return undefined;
    return {image, policy, ...(weights !== undefined && {weights})};
  }

  async function up(stack: string, held?: Version): Promise<string | undefined> {
    const onward = pinned ? {image} : {};
    const pins = regions.has(stack) ? (held ?? onward) : undefined;
    const unsigned = regions.has(stack) && (await unsignedImages(held));
    if (unsigned) return unsigned;
    const fault = await progress.during(stack, () => engine.up(stack, pins));
    if (fault) return `${fault} (${engine.logOf(stack)})`;
    const other = regions.has(stack) && (await otherImage(stack, held?.image ?? image));
    if (other) return other;
    progress.say(`${stack}: is up`);
    return undefined;
  }

  /** Why images that a region would run may not be brought to it; undefined where all may. */
  async function unsignedImages(held: Version | undefined): Promise<string | undefined> {
    const {signedBy} = world.service.images;
    if (signedBy === undefined) return undefined;
    const outputs = await engine.outputs("global");
    const {image: built, edgeImage, cliImage, vllmImage, pluginImage} = outputs;
    const next = pinned ? built?.replace(/:[^/]*$/, `:${pinOf(`:${image}`)}`) : built;
    // What ran before may be older than the first signature; the others are global's all the same.
    const others = [vllmImage, pluginImage].filter((one) => one !== undefined);
    const brought = [...(held ? [] : [next]), edgeImage, cliImage, ...others];
    const faults = await Promise.all(
      brought.map((one = "an image of global") => unsigned(one, signedBy)),
    );
    return faults.find((fault) => fault !== undefined);
  }

  async function unsigned(one: string, signedBy: string): Promise<string | undefined> {
    if (!one.includes("@")) return `${one} has no digest; name it by its digest too`;
    if (signed.has(one)) return undefined;
    const fault = await cosign.unsigned(one, signedBy);
    if (!fault) signed.add(one);
    return fault && `${one} is not signed by service.images.signedBy: ${fault}`;
  }

  async function otherImage(stack: string, wanted: string | undefined) {
    const runs = (await versionOf(stack))?.image ?? "nothing";
    return tagOf(runs) === tagOf(wanted ?? "") ? undefined : `runs ${runs}, not ${wanted}`;
  }

  async function watch(wave: readonly string[], others: readonly string[]) {
    const visitors = await visitorsOf([...wave, ...others.slice(0, MAX_OTHERS)]);
    const samples = await progress.during(`watching ${wave.join(", ")}`, () =>
      soak({visitors: [...visitors.values()], forMs: soakMs, signal: stopping}),
    );
    if (stopping.aborted) return undefined;
    const asked = others.filter((name) => visitors.has(name));
    return judge({
      samples,
      wave,
      others: asked,
      objectiveOf: (name) => objectiveIn(world, regions.get(name)!),
    });
  }

  /** Leaves out regions that have not been brought up. */
  async function visitorsOf(names: readonly string[]): Promise<ReadonlyMap<string, Visitor>> {
    const visitors = await Promise.all(names.map(visitorOf));
    return new Map(
      names.flatMap((name, at) => (visitors[at] ? [[name, visitors[at]] as const] : [])),
    );
  }

  async function visitorOf(name: string): Promise<Visitor | undefined> {
    const {publicName} = await engine.outputs(name);
    const model = modelAsked(regions.get(name)!);
    if (publicName === undefined || model === undefined) return undefined;
    return createVisitor({
      target: {region: name, publicName, model},
      hostname: world.service.hostname,
      credentialFile,
      certificateFile,
      // Well before the token expires.
      renewMs: (world.service.tokens.lifetimeS * 1000) / 2,
    });
  }

  async function serves(stack: string): Promise<string | undefined> {
    const visitor = await visitorOf(stack);
    return visitor && progress.during(`asking ${stack}`, () => untilServing(visitor));
  }

  return {
    versionOf,
    up,
    watch,
    serves,
    record,
    say: progress.say,
    get stopped() {
      return stopping.aborted;
    },
  };
}
