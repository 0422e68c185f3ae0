import {AsyncLocalStorage} from "node:async_hooks";
import {ComponentResource, type ComponentResourceOptions} from "@pulumi/pulumi";

/** A part of a stack, of type `meridian:index:KIND`. */
export class Component extends ComponentResource {
  /** Stacks made by earlier releases have it, and what is in it, under its old type: by the alias nothing is made again. */
  constructor(kind: string, name: string, options: ComponentResourceOptions = {}) {
    const aliases = [...(options.aliases ?? []), {type: `meridian:${kind}`}];
    super(`meridian:index:${kind}`, name, {}, {...orAround(), ...options, aliases});
  }
}

const around = new AsyncLocalStorage<Component>();

/** Runs what makes the parts of a component: each that is given no parent becomes its child. */
export const within = <Result>(component: Component, make: () => Result): Result =>
  around.run(component, make);

/** The parent of what is given none; the stack where there is no component around it. */
export function orAround(): {parent?: Component} {
  const parent = around.getStore();
  return parent ? {parent} : {};
}
