import {isInside} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {stackNames} from "../azure/names.ts";
import {dnsStack} from "./dns.ts";
import {fallbackStack} from "./fallback-stack.ts";
import {globalStack} from "./global.ts";
import {privateDnsStack} from "./private-dns.ts";
import {regionStack} from "./region.ts";
import {successorsFirst} from "./successor.ts";

export type Program = () => object | Promise<object>;

/** The program of every stack by name, in the order in which they are brought up. Each returns its outputs. */
export function stacksOf(world: World): ReadonlyMap<string, Program> {
  const programs: [string, Program][] = [
    ["global", () => globalStack(world)],
    ...world.regions.map((region): [string, Program] => [
      region.name,
      () => regionStack(world, region),
    ]),
    ["fallback", () => fallbackStack(world)],
    ["dns", () => (isInside(world) ? privateDnsStack(world) : dnsStack(world))],
  ];
  return new Map(programs.map(([name, program]) => [name, safely(program)]));
}

const safely = (program: Program) => () => {
  successorsFirst();
  return program();
};

/** The stacks that a stack depends on, directly or not; they are brought up before it. */
export function readBy(world: World, stack: string): readonly string[] {
  if (stack === "global") return [];
  const regions = world.regions.map(({name}) => name);
  // Private zones are linked to the networks that regions make.
  const isLast = stack === "fallback" || (stack === "dns" && isInside(world));
  return isLast ? ["global", ...regions] : ["global"];
}

/** The program of a stack. Throws with the list of stacks if there is none of that name. */
export function programOf(world: World, stack: string): Program {
  const program = stacksOf(world).get(stack);
  if (program) return program;
  throw new Error(
    `"${stack}" is not a stack: add the region to regions.yaml, or use one of ${stackNames(world).join(", ")}`,
  );
}
