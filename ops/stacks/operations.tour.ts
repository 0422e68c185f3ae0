import assert from "node:assert/strict";
import {cpSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import {createCloud} from "../../cloud/cloud.ts";
import {engine, whyNotRun} from "../../cloud/engine/deployed.ts";
import {type Deployer, startDeployer} from "../../cloud/engine/deployer.ts";
import {blocksOf, nameOf, root, whyNot} from "../command/blocks.rig.ts";
import {FOLLOWED} from "../command/followed.rig.ts";
import {runProgram} from "../login/login.rig.ts";

const [FIRST, OPERATIONS] = FOLLOWED;
const DOWN = "Take it down";
const all = FOLLOWED.flatMap(blocksOf);
/** As a reader comes by them: what takes the region away is read last. */
const blocks = [
  ...all.filter(({under}) => under !== DOWN),
  ...all.filter(({under}) => under === DOWN),
];
const lastOfOperations = blocks.findLast((block) => block.page === OPERATIONS && !whyNot(block));

/** As a reader fills it in: ids for the words in capitals. */
const filledIn = (commands: string) =>
  commands
    .replace("SUBSCRIPTION", "00000000-0000-0000-0000-000000000001")
    .replace("TENANT", "11111111-2222-3333-4444-555555555555");

const skip = whyNotRun("operations.tour.ts");

/** Each test goes on from where the one before it left the stacks. */
describe("the pages of whoever deploys, followed to the letter", {skip, timeout: 900_000}, () => {
  const cloud = createCloud();
  let deployer: Deployer;
  before(async () => {
    // Nobody is there to be asked.
    const env = {PULUMI_SKIP_CONFIRMATIONS: "true"};
    deployer = await startDeployer({engine: engine!, cloud, env});
    // Previews are made against the stand-in, of which a stack's own program knows nothing.
    for (const folder of ["cloud", "examples"])
      cpSync(join(root, folder), join(deployer.folder, folder), {recursive: true});
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

  async function isUp() {
    const stacks = new Set(cloud.resources.map(({stack}) => stack));
    assert.deepEqual([...stacks].sort(), ["dns", "eastus2", "fallback", "global"]);
    const before = await kids("global");
    await follow("pulumi up --stack global");
    const now = await kids("global");
    assert.equal(now.length, 2);
    assert.deepEqual([before.length, now[1]], [1, before[0]]);
  }

  for (const block of blocks) {
    const why = whyNot(block);
    if (why) console.log(`NOT RUN, as ${why}: ${nameOf(block)}`);
    else test(nameOf(block), async () => saysSo(await follow(filledIn(block.commands))));
    if (block === lastOfOperations) test("the service is up, and its next key signs", isUp);
  }

  test("nothing is left that is paid for, and no stack", async () => {
    assert.deepEqual(cloud.resources, []);
    assert.deepEqual(JSON.parse(await follow("pulumi stack ls --json")), []);
  });
});

/** Where a command tells how many resources there are, the page tells the same. */
function saysSo(printed: string): void {
  const [count] = /^\d+ stacks: .* resources/m.exec(printed) ?? [];
  if (count !== undefined)
    assert.ok(readFileSync(join(root, FIRST), "utf8").includes(count), count);
}
