import assert from "node:assert/strict";
import {appendFileSync} from "node:fs";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import {stackNames} from "../../infra/azure/names.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {createCloud} from "../cloud.ts";
import {closing, type Deployed, deployed, find, regionsFile, whyNotRun} from "./deployed.ts";

/**
 * The life of a service, all stacks of it, by the real engine: too long for every `npm test`, so CI runs
 * it by its name. Each test goes on from where the one before it left the stacks.
 */
describe("a service by the real engine", {skip: whyNotRun("engine.tour.ts")}, () => {
  const file = regionsFile();
  const cloud = createCloud();
  let run: Deployed["run"];
  let deployer: Deployed["deployer"];
  before(async () => {
    ({run, deployer} = await deployed(cloud, file, stackNames(smallWorld)));
  });
  after(() => deployer?.stop());

  test("regions come up beside each other, alike; then what points at them", async () => {
    await run("up", "global");
    const [home, other] = await Promise.all([run("up", "eastus2"), run("up", "westeurope")]);
    const alike = (steps: readonly string[], region: string) =>
      steps.map((step) => step.replace(`meridian-${region}`, "meridian-REGION")).sort();
    assert.deepEqual(alike(home, "eastus2"), alike(other, "westeurope"));
    assert.ok(home.every((step) => step.startsWith("create ")));
    assert.equal((await close()).at(-1), "create dns:RecordSet record");
  });

  test("up again changes nothing in any stack", async () => {
    for (const stack of stackNames(smallWorld)) assert.deepEqual(await run("up", stack), [], stack);
  });

  test("an image changed is another build, then a rollout of what runs it, region by region", async () => {
    appendFileSync(join(deployer.folder, "proxy/main.ts"), '\nconsole.log("another build");\n');
    const steps = (await run("up", "global")).map((step) => step.replace(/-[\da-f]{12}$/, ""));
    assert.deepEqual(steps, [
      "create containerregistry:TaskRun build",
      "delete containerregistry:TaskRun build",
    ]);
    const rollout = ["issuer", "proxy"].map(
      (name) => `update apps/v1:Deployment ${name}: spec.template.spec.containers`,
    );
    assert.deepEqual([...(await run("up", "westeurope"))].sort(), rollout);
    assert.deepEqual([...(await run("up", "eastus2"))].sort(), rollout);
  });

  test("Kubernetes goes on by a version, in every region, and nothing else does", async () => {
    Object.assign(file.defaults.cluster, {version: "1.37"});
    deployer.write(file);
    for (const region of ["eastus2", "westeurope"])
      assert.deepEqual(await run("up", region), [
        "update containerservice:ManagedCluster cluster: agentPoolProfiles, kubernetesVersion",
        "update containerservice:AgentPool users: orchestratorVersion",
      ]);
  });

  test("a region added changes no other, gets a copy of the image, and is sent its places", async () => {
    file.regions.japaneast = {};
    deployer.write(file);
    await deployer.init("japaneast");
    assert.deepEqual([...(await run("up", "global"))].sort(), [
      "create containerregistry:Replication japaneast",
      "update alertsmanagement:PrometheusRuleGroup meridian-world: rules",
    ]);
    await run("up", "japaneast");
    assert.deepEqual(await run("preview", "westeurope"), []);
    const steps = await close();
    assert.ok(steps.includes("create trafficmanager:Profile meridian-rule-japaneast-5027"));
    assert.ok(steps.includes("update trafficmanager:Profile meridian-5027: endpoints"));
  });

  test("what others changed is found by refresh and put right by up", async () => {
    const [type, name] = ["cognitiveservices:Deployment", "copilot-codex-standard"];
    const there = () => find(cloud, "westeurope", type, name);
    const changed = `update ${type} ${name}: sku.capacity`;
    cloud.edit(there().id, {sku: {name: "Standard", capacity: 1}});
    await cloud.remove(find(cloud, "westeurope", "kubernetes:core/v1:ConfigMap", "policy").id);
    assert.deepEqual([...(await run("refresh", "westeurope"))].sort(), [
      "delete core/v1:ConfigMap policy",
      changed,
    ]);
    assert.deepEqual([...(await run("up", "westeurope"))].sort(), [
      "create core/v1:ConfigMap policy",
      changed,
    ]);
    assert.deepEqual(there().inputs.sku, {name: "Standard", capacity: 120});
  });

  test("a home that moves is refused, and dns goes on answering", async () => {
    const before = structuredClone(cloud.resources);
    file.service.home = "westeurope";
    deployer.write(file);
    const {succeeded, errors} = await deployer.run("up", "dns");
    assert.equal(succeeded, false);
    assert.match(errors.join("\n"), /Conflict: .*resourceGroups\/meridian-dns is already there/);
    assert.deepEqual(cloud.resources, before);
    file.service.home = "eastus2";
    deployer.write(file);
    assert.deepEqual(await run("up", "dns"), []);
  });

  test("a region drained leaves dns, and then goes", async () => {
    file.regions.japaneast = {state: "draining"};
    deployer.write(file);
    const drained = await run("up", "dns");
    assert.ok(drained.includes("delete trafficmanager:Profile meridian-rule-japaneast-5027"));
    delete file.regions.japaneast;
    deployer.write(file);
    await close();
    await unprotect("japaneast");
    const [gone, shared] = await Promise.all([run("destroy", "japaneast"), run("up", "global")]);
    assert.equal(gone.at(-1), "delete resources:ResourceGroup group");
    assert.deepEqual([...shared].sort(), [
      "delete containerregistry:Replication japaneast",
      "update alertsmanagement:PrometheusRuleGroup meridian-world: rules",
    ]);
    assert.deepEqual(
      cloud.resources.filter(({stack}) => stack === "japaneast"),
      [],
    );
  });

  test("destroy leaves nothing, once what is protected is let go", async () => {
    for (const stack of [...closing].reverse()) await run("destroy", stack);
    const {succeeded, errors} = await deployer.run("destroy", "global");
    assert.equal(succeeded, false);
    assert.match(errors.join("\n"), /dns:Zone::zone" cannot be deleted\nbecause it is protected/);
    await Promise.all(["eastus2", "westeurope"].map(unprotect));
    await Promise.all([run("destroy", "eastus2"), run("destroy", "westeurope")]);
    await unprotect("global");
    await run("destroy", "global");
    assert.deepEqual(cloud.resources, []);
  });

  /** Says of the service and of each region whether what was deleted is taken back. */
  const restoring = (restore: boolean) => {
    Object.assign(file.service, {restore});
    for (const region of ["eastus2", "westeurope"]) file.regions[region] = {restore};
    deployer.write(file);
  };

  test("what is gone keeps its name: it does not come up again by itself", async () => {
    const {succeeded, errors} = await deployer.run("up", "global");
    assert.equal(succeeded, false);
    assert.match(errors.join("\n"), /ConflictError: .*You need to either recover or purge/);
  });

  test("where it is to be taken back all of it comes up again, beside the secrets of before", async () => {
    restoring(true);
    await run("up", "global");
    await Promise.all([run("up", "eastus2"), run("up", "westeurope")]);
    await close();
    const keys = secretsIn("westeurope").map((name) => name.replace(/-[\da-f]{8}$/, ""));
    assert.deepEqual(keys.sort(), [
      ...["token-signing-key", "token-signing-key"],
      ...["token-signing-key-next", "token-signing-key-next"],
    ]);
    assert.equal(new Set(secretsIn("westeurope")).size, keys.length);
    const mounted = namesIn(find(cloud, "westeurope", SECRET_CLASS, "issuer").inputs);
    assert.deepEqual(mounted, secretsIn("westeurope").slice(2).sort());
    const granted = cloud.resources
      .filter(({stack, type}) => stack === "westeurope" && type.endsWith(":RoleAssignment"))
      .flatMap(({inputs}) => namesIn({scope: inputs.scope}));
    assert.deepEqual(granted.sort(), mounted);
  });

  const SECRET_CLASS = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass";

  /** The vault's names of signing keys that are written in these inputs. */
  const namesIn = (inputs: object) =>
    [...new Set(JSON.stringify(inputs).match(/token-signing-key(-next)?-[\da-f]{8}/g))].sort();

  test("that word taken out again changes nothing in any stack", async () => {
    restoring(false);
    for (const stack of stackNames(smallWorld)) assert.deepEqual(await run("up", stack), [], stack);
  });

  /** The names of all secrets in a stack's vault. */
  const secretsIn = (stack: string) =>
    cloud.resources
      .filter((one) => one.stack === stack && one.type === "azure-native:keyvault:Secret")
      .map(({inputs}) => String(inputs.secretName));

  /** Brings up what comes after the regions. */
  async function close(): Promise<string[]> {
    const steps: string[] = [];
    for (const stack of closing) steps.push(...(await run("up", stack)));
    return steps;
  }

  const unprotect = (stack: string) =>
    deployer.pulumi(["state", "unprotect", "--all", "--yes", "--stack", stack]);
});
