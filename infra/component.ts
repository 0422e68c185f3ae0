import {ComponentResource, type ComponentResourceOptions} from "@pulumi/pulumi";

/** A part of a stack, of type `meridian:index:KIND`. */
export class Component extends ComponentResource {
  /** Stacks made by earlier releases have it, and what is in it, under its old type: by the alias nothing is made again. */
  constructor(kind: string, name: string, options: ComponentResourceOptions = {}) {
    const aliases = [...(options.aliases ?? []), {type: `meridian:${kind}`}];
    super(`meridian:index:${kind}`, name, {}, {...options, aliases});
  }
}
