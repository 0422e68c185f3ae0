import assert from "node:assert/strict";
import {cpSync, readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import {createCloud} from "../../cloud/cloud.ts";
import {
  type Deployed,
  deployed,
  deployments,
  engine,
  regionsFile,
  whyNotRun,
} from "../../cloud/engine/deployed.ts";
import {type Deployer, startDeployer} from "../../cloud/engine/deployer.ts";
import {newSigningKey} from "../../cloud/stacks/stacks.ts";
import {runProgram} from "../login/login.rig.ts";

/** Each test goes on from where the one before it left the stacks. */
describe("what a branch may see of the state", {
  skip: whyNotRun("state.tour.ts"),
  timeout: 900_000,
}, () => {
  const file = regionsFile();
  const cloud = createCloud();
  const secrets = [newSigningKey(), newSigningKey()];
  /** Whoever brings the stacks up, and a branch's checkout on a machine that was given nothing of it. */
  let deployer: Deployer;
  let branch: Deployer;
  let run: Deployed["run"];
  before(async () => {
    ({deployer, run} = await deployed(cloud, file, ["global", "eastus2"]));
    for (const [at, name] of ["signingKey", "nextSigningKey"].entries())
      await deployer.pulumi(["config", "set", "--secret", name, "--stack", "global"], secrets[at]);
    await run("up", "global");
    await run("up", "eastus2");
    const env = {PULUMI_CONFIG_PASSPHRASE: "preview"};
    branch = await startDeployer({engine: engine!, cloud, env});
    branch.write(file);
    cpSync(join(deployer.folder, "infra/config"), join(branch.folder, "infra/config"), {
      recursive: true,
    });
  });
  after(() => {
    deployer?.stop();
    branch?.stop();
  });

  const command = (who: Deployer, verb: string) =>
    runProgram("node", ["ops/state/main.ts", verb, join(branch.folder, "state")], {
      cwd: who.folder,
      env: who.env,
    });

  test("holds every stack, and no secret", async () => {
    const {code, stderr} = await command(deployer, "export");
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(join(branch.folder, "state")), ["eastus2.json", "global.json"]);
  });

  test("is previewed as the state itself: nothing changes", async () => {
    const {code, stderr} = await command(branch, "import");
    assert.equal(code, 0, stderr);
    for (const stack of ["global", "eastus2"]) assert.deepEqual(await changes(stack), [], stack);
  });

  test("shows what a branch changes, and that alone", async () => {
    file.regions.eastus2 = {deployments: deployments(130)};
    branch.write(file);
    assert.deepEqual(await changes("eastus2"), [
      "update cognitiveservices:Deployment copilot-codex-standard: sku.capacity",
    ]);
  });

  test("leaves a branch nothing to sign by: no file of its holds a line of a key", () => {
    const lines = secrets.map((secret) => secret.split("\n")[1]!);
    const homes = readdirSync(join(branch.folder, ".."), {recursive: true, withFileTypes: true});
    const texts = homes
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    assert.ok(texts.some((text) => text.includes("BEGIN PUBLIC KEY")));
    for (const line of lines) assert.ok(!texts.some((text) => text.includes(line)));
  });

  test("is not brought into a backend that others share", async () => {
    const env = {...branch.env, PULUMI_BACKEND_URL: "azblob://stacks?storage_account=state"};
    const {code, stderr} = await command({...branch, env}, "import");
    assert.equal(code, 2);
    assert.match(stderr, /a backend that others share is left alone/);
  });

  async function changes(stack: string) {
    const {succeeded, errors, steps} = await branch.run("preview", stack);
    assert.deepEqual([succeeded, errors], [true, []]);
    return steps;
  }
});
