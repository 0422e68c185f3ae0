import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {cpSync, mkdirSync, symlinkSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import {fileURLToPath} from "node:url";
import {promisify} from "node:util";
import {createCloud} from "../../cloud/cloud.ts";
import {type Deployed, deployed, regionsFile, whyNotRun} from "../../cloud/engine/deployed.ts";

const skip = whyNotRun("region.tour.ts");
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NETWORK =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke";
const subnets = ["nodes", "endpoints"].map((name) => `${NETWORK}/subnets/${name}`);

/** A program in a folder of its own that has Meridian as npm links a folder, beside `global` in the same state. */
describe("the example, brought up by the real engine", {skip, timeout: 900_000}, () => {
  const cloud = createCloud({existing: [NETWORK, ...subnets]});
  let deployer: Deployed["deployer"];
  let folder: string;
  before(async () => {
    const {run, ...made} = await deployed(cloud, regionsFile(), ["global"]);
    deployer = made.deployer;
    await run("up", "global");
    folder = programIn(join(deployer.state, "../own"));
    await pulumi("stack", "init", "westeurope");
  });
  after(() => deployer?.stop());

  const pulumi = async (...args: readonly string[]): Promise<string> => {
    const options = {cwd: folder, env: deployer.env, maxBuffer: 1 << 26};
    return (await promisify(execFile)("pulumi", args, options)).stdout;
  };

  test("makes the region, and nothing the second time", async () => {
    const up = ["up", "--yes", "--skip-preview", "--stack", "westeurope", "--color", "never"];
    assert.match(await pulumi(...up), /\n {4}publicName: "meridian-westeurope-/);
    const made = cloud.resources.filter(({stack}) => stack === "westeurope");
    assert.ok(made.length > 60, `${made.length}`);
    assert.match(await pulumi(...up), /\nResources:\n {4}\d+ unchanged\n/);
  });
});

function programIn(folder: string): string {
  mkdirSync(join(folder, "node_modules/@pulumi"), {recursive: true});
  for (const file of ["index.ts", "Pulumi.yaml"])
    cpSync(join(ROOT, "examples/region", file), join(folder, file));
  writeFileSync(join(folder, "package.json"), JSON.stringify({type: "module", private: true}));
  symlinkSync(ROOT, join(folder, "node_modules/meridian"));
  const sdk = "node_modules/@pulumi/pulumi";
  symlinkSync(join(ROOT, sdk), join(folder, sdk));
  return folder;
}
