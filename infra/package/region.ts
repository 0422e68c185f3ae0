import {type ComponentResourceOptions, type Output, output} from "@pulumi/pulumi";
import type {WrittenRegion} from "../../regions/schema.ts";
import {Component, within} from "../component.ts";
import {regionStack, type Shared} from "../stacks/region.ts";
import {type Settings, worldOf} from "./settings.ts";

export interface RegionArgs extends Settings {
  /** The Azure location. */
  readonly location: string;
  /** What regions.yaml has under the region's name. */
  readonly region: WrittenRegion;
  /** What the stack `global` made: `sharedBy` reads it. */
  readonly shared: Shared;
}

/**
 * A region in a program of one's own: model, network, vault, cluster, proxies, issuer and edge. A stack has one of
 * them, as it has of all that is in a region.
 */
export class Region extends Component {
  /** The name that DNS is to point users to. */
  readonly publicName: Output<string>;
  readonly address: Output<string>;
  /** The address of its Azure OpenAI account; empty where that is not sold. */
  readonly model: Output<string>;

  /** Throws with all faults of the arguments. */
  constructor(name: string, args: RegionArgs, options?: ComponentResourceOptions) {
    const world = worldOf(name, args);
    super("Region", name, options);
    const {shared} = args;
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
