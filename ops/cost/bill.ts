import type {Stack} from "../../cloud/stacks/stacks.ts";
import type {World} from "../../regions/world.ts";
import type {Load} from "../scale/load.ts";
import {costsOf, type Used} from "./cost.ts";
import {guessesOf} from "./guesses.ts";
import type {Told} from "./report.ts";
import {tokensOf} from "./tokens.ts";
import {type Use, usageOf} from "./usage.ts";

/** All that a month comes to. */
export function billOf(world: World, stacks: readonly Stack[], use: Use, load: Load): Told & Used {
  const usage = usageOf(world, use, load);
  const tokens = tokensOf(world, usage, use);
  const costs = costsOf(world, stacks, {usage, tokens});
  return {use, usage, tokens, costs, guesses: guessesOf(world, tokens)};
}
