import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {after, before, describe, test} from "node:test";
import {createCloud} from "../../cloud/cloud.ts";
import {engine, regionsFile, whyNotRun} from "../../cloud/engine/deployed.ts";
import {type Deployer, startDeployer} from "../../cloud/engine/deployer.ts";
import {runProgram} from "../login/login.rig.ts";

interface Block {
  /** The heading that it stands under. */
  readonly under: string;
  readonly commands: string;
}

const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");

/** What stands between fences without a language, in order, without its indentation. */
function blocksOf(markdown: string): Block[] {
  return markdown.split(/^##+ /m).flatMap((section) => {
    const [under = ""] = section.split("\n");
    const fences = [...section.matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms)];
    return fences
      .filter(([, , language]) => language === "")
      .map(([, indent = "", , body = ""]) => ({
        under,
        commands: body.replaceAll(new RegExp(`^${indent}`, "gm"), "").trim(),
      }));
  });
}

/** Why a block is not run here; undefined if it is. */
function whyNot({commands}: Block): string | undefined {
  if (/(^|[\s$(])az [a-z]/m.test(commands)) return "it asks Azure by its CLI";
  if (commands.startsWith("npm ci")) return "it fetches packages";
  return undefined;
}

const file = regionsFile();
const regions = Object.keys(file.regions);
const [home = ""] = regions;

/** As a reader fills it in: ids for the words in capitals, and the line of a region once for each. */
const filledIn = (commands: string) =>
  commands
    .replace("SUBSCRIPTION", "00000000-0000-0000-0000-000000000001")
    .replace("TENANT", "11111111-2222-3333-4444-555555555555")
    .replace(new RegExp(`^.*--stack ${home}\\b.*$`, "m"), (line) =>
      regions.map((region) => line.replace(home, region)).join("\n"),
    );

const blocks = blocksOf(page);
const skip = whyNotRun("operations.tour.ts");

/** Each test goes on from where the one before it left the stacks. */
describe("docs/operations.md, followed to the letter", {skip, timeout: 900_000}, () => {
  const cloud = createCloud();
  let deployer: Deployer;
  before(async () => {
    // Nobody is there to be asked.
    const env = {PULUMI_SKIP_CONFIRMATIONS: "true"};
    deployer = await startDeployer({engine: engine!, cloud, env});
    deployer.write(file);
  });
  after(() => deployer?.stop());

  const follow = async (commands: string) => {
    const args = ["-e", "-o", "pipefail", "-c", commands];
    const said = await runProgram("bash", args, {cwd: deployer.folder, env: deployer.env});
    assert.equal(said.code, 0, `${commands}\n${said.stdout}${said.stderr}`);
    return said.stdout;
  };
  const kids = async (stack: string): Promise<string[]> => {
    const jwks = await follow(`pulumi stack output jwks --stack ${stack}`);
    return JSON.parse(jwks).keys.map(({kid}: {kid: string}) => kid);
  };

  for (const block of blocks) {
    const why = whyNot(block);
    const [first = ""] = block.commands.split("\n");
    if (why) console.log(`operations.md: NOT RUN, as ${why}: ${block.under}: ${first}`);
    else
      test(`${block.under}: ${first}`, async () => void (await follow(filledIn(block.commands))));
  }

  test("the service is up, and its next key signs", async () => {
    const stacks = new Set(cloud.resources.map(({stack}) => stack));
    assert.deepEqual([...stacks].sort(), ["dns", "fallback", "global", ...regions].sort());
    const before = await kids("global");
    await follow("pulumi up --stack global");
    const now = await kids("global");
    assert.equal(now.length, 2);
    assert.deepEqual([before.length, now[1]], [1, before[0]]);
  });
});

test("the page's blocks are found, and what needs no Azure CLI is run", () => {
  const run = blocks.filter((block) => whyNot(block) === undefined);
  const begun = new Set(run.map(({commands}) => commands.split(" ").slice(0, 2).join(" ")));
  for (const wanted of ["npm run", "openssl genpkey", "pulumi up", "current=$(pulumi config"])
    assert.ok(begun.has(wanted), wanted);
});
