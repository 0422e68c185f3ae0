import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import {createCloud} from "../../cloud/cloud.ts";
import {type Deployed, deployed, regionsFile, whyNotRun} from "../../cloud/engine/deployed.ts";
import type {Inputs} from "../../cloud/resource.ts";
import type {Recording} from "./recording.ts";

const root = join(import.meta.dirname, "../..");

/** The recording of a cloud that has a quota, where the stand-in that it is replayed against has none. */
describe("a recording of the real engine", {skip: whyNotRun("conform.tour.ts")}, () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-conform-"));
  const at = (name: string) => join(folder, name);
  const conform = (...args: string[]) =>
    spawnSync(process.execPath, ["ops/conform/main.ts", ...args], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 1 << 27,
    });
  let quota = 100;
  const cloud = createCloud({quota: (_, __, sku) => (sku === "Standard" ? quota : undefined)});
  let deployer: Deployed["deployer"];
  let recording: Recording;

  before(async () => {
    ({deployer} = await deployed(cloud, regionsFile(), ["global", "eastus2"]));
  });
  after(() => {
    deployer?.stop();
    rmSync(folder, {recursive: true});
  });

  test("is made of a preview, a run that went well, one that failed and the one that mended it", async () => {
    const previewed = await deployer.run("preview", "global");
    const global = await deployer.run("up", "global");
    const failed = await deployer.run("up", "eastus2");
    quota = 240;
    const mended = await deployer.run("up", "eastus2");
    assert.deepEqual(
      [global, failed, mended].map(({succeeded}) => succeeded),
      [true, false, true],
    );
    const files = [previewed, global, failed, mended].map(({printed}, n) => {
      writeFileSync(at(`${n}.events`), printed);
      return at(`${n}.events`);
    });
    const {status, stdout, stderr} = conform("record", ...files);
    assert.equal(status, 0, stderr);
    writeFileSync(at("recording.json"), stdout);
    recording = JSON.parse(stdout);
    const made = recording.steps.filter(({op, error}) => op === "create" && !error);
    assert.equal(made.length, cloud.resources.length);
  });

  test("holds no secret", () => {
    const text = readFileSync(at("recording.json"), "utf8");
    const held = cloud.resources
      .filter(({type}) => type === "azure-native:keyvault:Secret")
      .map(({inputs}) => String((inputs.properties as Inputs).value));
    const lines = held.map((value) => value.split("\n").find((line) => !line.startsWith("-----"))!);
    assert.ok(lines.length > 0);
    for (const line of [...lines, "sig=", "kind: Config"])
      assert.ok(!text.replaceAll("sig=[secret]", "").includes(line), line.slice(0, 8));
  });

  test("differs in what one cloud refused for a quota, and in nothing else", () => {
    const {status, stdout, stderr} = conform(at("recording.json"));
    assert.equal(status, 1, stderr);
    assert.match(
      stdout,
      /^eastus2:\n {2}create cognitiveservices:Deployment copilot-codex-standard: Azure refused it, the stand-in takes it: .*InsufficientQuota/,
    );
    assert.match(stdout, /\nSteps: \d+; where they differ: 1\./);
  });

  test("whose answer was another tells of it", () => {
    const changed = structuredClone(recording);
    const address = changed.steps.find(({urn}) => urn.includes("PublicIPAddress"))!;
    Object.assign(address.answer!, {ipAddress: null, location: "westus"});
    writeFileSync(at("changed.json"), JSON.stringify(changed));
    const {stdout} = conform(at("changed.json"));
    for (const says of [
      /PublicIPAddress address: location is "westus" in the answer; the stand-in gives "eastus2"/,
      /PublicIPAddress address: the answer has no ipAddress; the stand-in gives "192\.0\.2\.1"/,
    ])
      assert.match(stdout, says);
  });
});
