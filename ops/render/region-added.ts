import {readFileSync} from "node:fs";
import {join} from "node:path";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {parseWorld} from "../../regions/read.ts";
import {exampleStacks} from "../preview/example-stacks.ts";
import {asJson} from "../preview/resource-tree.ts";
import {formats} from "../review/report.ts";
import {reviewOf, type Side} from "../review/review.ts";
import {parseRules} from "../review/rules.ts";
import {withPart} from "./page-part.ts";

const root = join(import.meta.dirname, "../..");
const FILE = "examples/global.yaml";
const PAGE = "docs/reviewing.md";
const ADDED = "  australiaeast: {pool: oceania}\n";
/** The entry that it is written above. */
const BEFORE = "  japaneast:";

/** The page about reviews, by path: with what one says of the example and a region that is added to it. */
export async function reviewingPage(): Promise<Record<string, string>> {
  const text = readFileSync(join(root, FILE), "utf8");
  const [before, after] = await Promise.all(
    [text, text.replace(BEFORE, ADDED + BEFORE)].map(sideOf),
  );
  const review = reviewOf({...before!, stacks: asBase(before!.stacks)}, after!);
  const rules = parseRules(["protected", "fallback"]);
  const said = formats.get("text")!({review, base: "origin/main", rules});
  const page = readFileSync(join(root, PAGE), "utf8");
  return {[PAGE]: withPart(page, "a region added", `\`\`\`text\n${said}\`\`\`\n`)};
}

async function sideOf(text: string): Promise<Side> {
  const world = parseWorld(Buffer.from(text), FILE);
  return {world, stacks: await exampleStacks(world)};
}

/** A base comes from another revision's programs, as JSON with its secrets masked. */
const asBase = (stacks: readonly Stack[]) => JSON.parse(asJson(stacks)) as Stack[];
