import assert from "node:assert/strict";
import {copyFileSync} from "node:fs";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import {createCloud} from "../../cloud/cloud.ts";
import {engine, regionsFile, whyNotRun} from "../../cloud/engine/deployed.ts";
import {type Deployer, startDeployer} from "../../cloud/engine/deployer.ts";
import {loginKubeconfig} from "../../infra/cluster/kubeconfig.ts";
import {clouds} from "../../regions/clouds/clouds.ts";
import {until} from "../../setup/until.ts";
import {findValidator} from "../../setup/validators.js";
import {runProgram, startJob, TENANT} from "./login.rig.ts";

const kubelogin = findValidator("kubelogin");
const skip = whyNotRun("login.tour.ts");
/** GitHub's own tokens and Entra's are good for a minute here; a rollout takes longer. */
const LIFETIME_S = 60;

/** Each test goes on from where the one before it left the job. */
describe("a job that outlives its sign-in", {skip, timeout: 600_000}, () => {
  const cloud = createCloud();
  let job: Awaited<ReturnType<typeof startJob>>;
  let deployer: Deployer;
  let env: NodeJS.ProcessEnv;
  /** The job's first token of GitHub's, as a step would hold it that does not renew it. */
  let first: string;
  before(async () => {
    job = await startJob(LIFETIME_S);
    first = join(job.folder, "first");
    copyFileSync(job.env.AZURE_FEDERATED_TOKEN_FILE!, first);
    env = {...job.env, PULUMI_BACKEND_URL: "azblob://stacks?storage_account=state"};
    deployer = await startDeployer({engine: engine!, cloud, env});
    deployer.write(regionsFile());
  });
  after(() => {
    deployer?.stop();
    job?.close();
  });

  const comesUp = async (stack: string) => {
    const {succeeded, errors} = await deployer.run("up", stack);
    assert.deepEqual([succeeded, errors], [true, []]);
  };

  test("state is kept in a storage account without shared keys", async () => {
    await deployer.init("global");
    await comesUp("global");
    assert.ok([...job.container.blobs.keys()].includes(".pulumi/stacks/meridian/global.json"));
    assert.deepEqual(
      new Set(job.entra.asked.map(({scope}) => scope)),
      new Set(["https://storage.azure.com/.default"]),
    );
  });

  test("a cluster is signed in to by kubelogin, in the tenant", {
    skip: kubelogin ? false : "NOT RUN: no kubelogin",
  }, async () => {
    assert.equal(
      (await clusterToken(job.env)).scope,
      "6dae42f8-4368-4678-94ff-3960e28e3630/.default",
    );
  });

  test("once the first tokens have ended, what holds on to them is refused", async () => {
    const given = job.idTokens.given();
    await until(() => job.idTokens.given() > given, {withinMs: 120_000, everyMs: 500});
    const stale = {...deployer.env, AZURE_FEDERATED_TOKEN_FILE: first};
    const list = async () =>
      (await runProgram("pulumi", ["stack", "ls"], {cwd: deployer.folder, env: stale})).stderr;
    await until(async () => (await list()).includes("AADSTS700024"), {
      withinMs: 120_000,
      everyMs: 1000,
    });
  });

  test("and the job goes on: state, stacks, preflight and clusters", async () => {
    await comesUp("global");
    await signsIn(job.env);
    if (kubelogin) await clusterToken(job.env);
    assert.deepEqual(job.tunnel.refused, []);
  });

  /** Signs in as preflight does, in a process of its own. */
  async function signsIn(env: NodeJS.ProcessEnv) {
    const [library, scope] = ["@azure/identity", "https://management.azure.com/.default"];
    const script = `const {DefaultAzureCredential} = require("${library}");
      new DefaultAzureCredential().getToken("${scope}").then(({token}) => console.log(token));`;
    const said = await runProgram(process.execPath, ["-e", script], {cwd: deployer.folder, env});
    assert.equal(said.code, 0, said.stderr);
    assert.equal(job.entra.find(said.stdout.trim())?.scope, scope);
  }

  /** What kubelogin says when it is run as the kubeconfig of a region's provider runs it. */
  async function clusterToken(jobEnv: NodeJS.ProcessEnv) {
    const given = JSON.stringify({clusters: [{name: "cluster", cluster: {server: "https://a"}}]});
    const [{user}] = JSON.parse(
      loginKubeconfig(given, {tenantId: TENANT, cloud: clouds.public}),
    ).users;
    // The tenant is in its arguments, and need not be in the environment.
    const {AZURE_TENANT_ID: _, ...others} = jobEnv;
    const said = await runProgram(kubelogin!, user.exec.args, {env: others});
    assert.equal(said.code, 0, said.stderr);
    return job.entra.find(JSON.parse(said.stdout).status.token)!;
  }
});
