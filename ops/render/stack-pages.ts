import {runStacks} from "../../cloud/stacks/stacks.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {stackPage} from "./stack-page.ts";

/** Two regions with one model, deployed twice in each. */
const EXAMPLE = "Counted for a service of two regions that have two deployments of one model each.";

const pages: Readonly<Record<string, {title: string; stack: string; intro: string}>> = {
  "docs/stacks/global.md": {
    title: "The stack `global`",
    stack: "global",
    intro: `What all regions share. Comes first. What cannot be had back is protected: \`pulumi state unprotect\` before it can go. ${EXAMPLE}`,
  },
  "docs/stacks/region.md": {
    title: "The stack of a region",
    stack: "westeurope",
    intro: `Everything of one region, in one resource group; \`regions.yaml\` has one entry for each. What an entry names under \`existing\` is used and not made. ${EXAMPLE}`,
  },
  "docs/stacks/fallback.md": {
    title: "The stack `fallback`",
    stack: "fallback",
    intro: `What lets the proxies of a region ask the model hosts of the regions that they fall back to. Comes after all regions, for it joins one to another. ${EXAMPLE}`,
  },
  "docs/stacks/dns.md": {
    title: "The stack `dns`",
    stack: "dns",
    intro: `Who is sent where, from the plan alone (\`npm run dns\`). Comes last: it points at what the others made. ${EXAMPLE}`,
  },
};

/** Every page of docs/stacks, by path. */
export async function stackPages(): Promise<Record<string, string>> {
  const {stacks} = await runStacks(smallWorld);
  const entries = Object.entries(pages).map(([path, {title, intro, stack}]) => {
    const found = stacks.find(({name}) => name === stack)!;
    return [path, stackPage({title, intro, stack: found})] as const;
  });
  return Object.fromEntries(entries);
}
