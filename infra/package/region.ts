import {type ComponentResourceOptions, type Output, output, runtime} from "@pulumi/pulumi";
import type {WrittenRegion} from "../../regions/schema.ts";
import {Component, within} from "../component.ts";
import {regionStack, type Shared} from "../stacks/region.ts";
import {type Settings, worldOf} from "./settings.ts";

export interface RegionArgs extends Settings {
  /** The Azure location. Left out: the region's name. */
  readonly location?: string;
  /** What regions.yaml has under the region's name. Left out: 3 to 12 nodes of Standard_D4ds_v5, 3 to 30 proxies. */
  readonly region: WrittenRegion;
  /** What the stack `global` made: `sharedBy` reads it. */
  readonly shared: Shared;
}

/**
 * A region in a program of one's own: model, network, vault, cluster, proxies, issuer and edge. A stack has one of
 * them, as it has of all that is in a region.
 */
export class Region extends Component {
  /** The name that DNS is to point users to. Of an internal entrance it is one that the stack `dns` makes. */
  readonly publicName: Output<string>;
  readonly address: Output<string>;
  /** The address of its Azure OpenAI account; empty where that is not sold. */
  readonly model: Output<string>;

  /** Throws with all faults of the arguments, and where the stack has a region already. */
  constructor(name: string, args: RegionArgs, options?: ComponentResourceOptions) {
    const {shared, location = name} = args;
    const world = worldOf(name, {...args, location});
    takeStack(name);
    super("Region", name, options);
    const pins = {image: undefined, policy: undefined};
    const made = output(within(this, () => regionStack(world, world.regions[0]!, {shared, pins})));
    this.publicName = made.publicName;
    this.address = made.address;
    this.model = made.apply(({model = ""}) => model);
    this.registerOutputs({
      publicName: this.publicName,
      address: this.address,
      model: this.model,
    });
  }
}

/** The region in each stack that this process runs. */
const taken = new WeakMap<object, string>();

/** The engine would find the same names only after some of the second region is made. */
function takeStack(name: string): void {
  const stack = runtime.getStackResource();
  if (!stack) return;
  const other = taken.get(stack);
  if (other !== undefined)
    throw new Error(
      `Region ${name}: its stack has the region ${other} already, whose parts have the same names; make a stack for each region`,
    );
  taken.set(stack, name);
}
