import assert from "node:assert/strict";
import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import {gunzipSync} from "node:zlib";
import {bundle} from "../../infra/image/bundle.ts";
import {cliContext, edgeContext, proxyContext} from "../../infra/image/context.ts";
import {shortHash} from "../../regions/names.ts";
import {type Cloud, createCloud} from "../cloud.ts";
import type {Inputs, Resource} from "../resource.ts";
import {type Deployed, deployed, deployments, find, regionsFile, whyNotRun} from "./deployed.ts";

const skip = whyNotRun("engine-up.tour.ts");

interface Build {
  readonly imageNames: readonly string[];
  readonly sourceLocation: string;
}

/** Each test goes on from where the one before it left the stacks. */
describe("the real engine", {skip, timeout: 900_000}, () => {
  const file = regionsFile();
  /** The quota for Standard deployments in westeurope. */
  let quota = 100;
  const cloud = createCloud({
    quota: (location, _, sku) =>
      location === "westeurope" && sku === "Standard" ? quota : undefined,
  });
  /** The VM sizes of westeurope's pools at each removal. */
  const seen: unknown[] = [];
  const watched: Cloud = {
    ...cloud,
    remove(id) {
      seen.push(sizes());
      return cloud.remove(id);
    },
  };
  let run: Deployed["run"];
  let deployer: Deployed["deployer"];
  before(async () => {
    ({run, deployer} = await deployed(watched, file, ["global", "eastus2", "westeurope"]));
  });
  after(() => deployer?.stop());

  test("a preview shows what up then makes", async () => {
    const previewed = await run("preview", "global");
    assert.deepEqual(cloud.resources, []);
    const made = await run("up", "global");
    assert.deepEqual([...made].sort(), [...previewed].sort());
    assert.equal(made.length, cloud.resources.length);
  });

  test("each image is built from what was put into the registry's own store, and from nothing else", async () => {
    const builds = cloud.resources.filter(({type}) => type.endsWith(":TaskRun"));
    const sources = builds.map(({inputs}) => {
      const {imageNames, sourceLocation} = inputs.runRequest as Build;
      const put = gunzipSync(deployer.uploads.at(sourceLocation)!);
      return [imageNames[0], shortHash(put, 12)];
    });
    const contexts = [cliContext(), edgeContext(), proxyContext(await bundle())];
    assert.equal(deployer.uploads.count(), builds.length);
    assert.deepEqual(
      sources.toSorted(),
      contexts.map(({repository, hash}) => [`${repository}:${hash}`, hash]),
    );
    assert.ok(!cloud.resources.some(({type}) => type.includes(":storage:")));
  });

  test("a region whose second deployment is refused is mended by another up", async () => {
    const [home, {succeeded, errors}] = await Promise.all([
      run("up", "eastus2"),
      deployer.run("up", "westeurope"),
    ]);
    assert.equal(succeeded, false);
    assert.match(errors.join("\n"), /InsufficientQuota: .* available capacity 100\. /);
    const made = tally("westeurope");
    quota = 240;
    const mended = await run("up", "westeurope");
    assert.equal(made + mended.length, home.length);
    assert.ok(mended.includes("create cognitiveservices:Deployment copilot-codex-standard"));
    assert.ok(mended.every((step) => step.startsWith("create ")));
  });

  test("up again changes nothing", async () => {
    const before = deployer.uploads.count();
    const again = ["global", "westeurope"].map((stack) => run("up", stack));
    assert.deepEqual(await Promise.all(again), [[], []]);
    assert.equal(
      deployer.uploads.count(),
      before,
      "nothing is put anywhere where nothing is built",
    );
  });

  test("no secret is plain in the state", () => {
    const held = secretsOf(cloud.resources);
    assert.ok(held.length > 0);
    // The others are in the address of a build, and in the configuration of Kubernetes' provider.
    const secrets = [...held, "&sig=", "kind: Config"];
    const texts = readdirSync(deployer.state, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    assert.ok(texts.some((text) => text.includes("token-signing-key")));
    for (const secret of secrets)
      assert.ok(!texts.some((text) => text.includes(secret)), `found ${secret.slice(0, 8)}...`);
  });

  test("a capacity raised is one update in place, a policy changed one ConfigMap: no rollout", async () => {
    file.regions.westeurope = {deployments: deployments(240)};
    file.traffic.mutations.push({name: "no-logprobs", drop: ["logprobs"]});
    deployer.write(file);
    assert.deepEqual([...(await run("up", "westeurope"))].sort(), [
      "update cognitiveservices:Deployment copilot-codex-standard: sku.capacity",
      'update core/v1:ConfigMap policy: data["policy.json"]',
    ]);
  });

  const [small, big] = ["Standard_D4ds_v5", "Standard_D8ds_v5"];
  const resize = (size: string, nodes: string, system: string) => {
    const cluster = {nodes, size, system: {size: system}};
    file.regions.westeurope = {deployments: deployments(240), cluster};
    deployer.write(file);
  };

  test("nodes of another size are there before the old ones go", async () => {
    resize(big, "5-12", small);
    assert.deepEqual(await run("up", "westeurope"), [
      "create-replacement containerservice:AgentPool users",
      "delete-replaced containerservice:AgentPool users",
    ]);
    assert.deepEqual(seen, [[small, big]]);
    assert.deepEqual(sizes(), [big]);
  });

  test("more nodes are one update in place", async () => {
    resize(big, "7-14", small);
    assert.deepEqual(await run("up", "westeurope"), [
      "update containerservice:AgentPool users: maxCount, minCount",
    ]);
  });

  test("system nodes of another size are refused, and nothing else is touched", async () => {
    const before = structuredClone(cloud.resources);
    resize(small, "7-14", big);
    const {succeeded, errors} = await deployer.run("up", "westeurope");
    assert.equal(succeeded, false);
    assert.match(errors.join("\n"), /PropertyChangeNotAllowed: .*'agentPoolProfile\.vmSize'/);
    assert.deepEqual(cloud.resources, before);
  });

  test("where they were changed by hand, up takes it as it is", async () => {
    const {id, inputs} = find(cloud, "westeurope", "containerservice:ManagedCluster", "cluster");
    const pools = inputs.agentPoolProfiles as Inputs[];
    cloud.edit(id, {agentPoolProfiles: pools.map((pool) => ({...pool, vmSize: big}))});
    assert.deepEqual(await run("up", "westeurope"), [
      "update containerservice:ManagedCluster cluster: agentPoolProfiles",
      "create-replacement containerservice:AgentPool users",
      "delete-replaced containerservice:AgentPool users",
    ]);
  });

  test("a tag changed changes tags: a preview knows what nothing else has become", async () => {
    Object.assign(file.service, {tags: {"cost-center": "4711"}});
    deployer.write(file);
    const [previewed, made] = [await run("preview", "westeurope"), await run("up", "westeurope")];
    assert.deepEqual([...previewed].sort(), [...made].sort());
    assert.ok(made.length > 20);
    assert.deepEqual(
      made.filter((step) => !/^update \S+ \S+: tags\["cost-center"\]$/.test(step)),
      [],
    );
  });

  const upgrade = (version: string) => {
    Object.assign(file.defaults.cluster, {version});
    deployer.write(file);
  };

  test("the next version of Kubernetes is taken by the cluster, then by its pool, as a preview says", async () => {
    upgrade("1.37");
    const steps = [
      "update containerservice:ManagedCluster cluster: agentPoolProfiles, kubernetesVersion",
      "update containerservice:AgentPool users: orchestratorVersion",
    ];
    assert.deepEqual(await run("preview", "westeurope"), steps);
    assert.deepEqual(await run("up", "westeurope"), steps);
  });

  test("a version that leaves one out is refused, and nothing else is touched", async () => {
    const before = structuredClone(cloud.resources);
    upgrade("1.39");
    const {succeeded, errors} = await deployer.run("up", "westeurope");
    assert.equal(succeeded, false);
    assert.match(errors.join("\n"), /OperationNotAllowed: .*1\.37 to 1\.39 is not allowed\./);
    assert.deepEqual(cloud.resources, before);
  });

  function sizes(): unknown[] {
    return cloud.resources
      .filter(({stack, type}) => stack === "westeurope" && type.endsWith(":AgentPool"))
      .map(({inputs}) => inputs.vmSize);
  }

  const tally = (stack: string) =>
    cloud.resources.filter((resource) => resource.stack === stack).length;
});

/** One line of each secret in the vaults. */
const secretsOf = (resources: readonly Resource[]) =>
  resources
    .filter(({type}) => type === "azure-native:keyvault:Secret")
    .map(({inputs}) => String((inputs.properties as Inputs).value))
    .map((value) => value.split("\n").find((line) => !line.startsWith("-----"))!);
