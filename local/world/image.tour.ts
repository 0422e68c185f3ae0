import assert from "node:assert/strict";
import {type SpawnSyncReturns, spawn, spawnSync} from "node:child_process";
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {after, before, describe, type TestContext, test} from "node:test";
import {type PodSpec, podsOf} from "../../cloud/kubernetes/pods.ts";
import {runStacks} from "../../cloud/stacks/stacks.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {bundle} from "../../infra/image/bundle.ts";
import {proxyContext} from "../../infra/image/context.ts";
import {BASE, buildah, whyNoContainers} from "../../setup/containers.js";

const why = whyNoContainers();
const skip = why ? `NOT RUN: ${why}` : false;
if (skip) console.log(`image.tour.ts: ${skip}. Mend: TOOLS=build node setup/main.js, as root`);

const IMAGE = "localhost/meridian-proxy:test";
/** The user of the image. */
const UID = 65532;
const READY_WITHIN_MS = 15_000;

describe("the proxy's image, built from its Dockerfile", {skip, timeout: 120_000}, () => {
  before(async () => {
    const {archive} = proxyContext(await bundle());
    const folder = mkdtempSync(join(tmpdir(), "meridian-context-"));
    spawnSync("tar", ["-xf", "-", "-C", folder], {input: archive});
    const base = ["--build-arg", `BASE=${BASE}`];
    const options = ["--quiet", "--pull-never", "--isolation", "chroot", "--tag", IMAGE, ...base];
    buildah(["bud", ...options, folder]);
    rmSync(folder, {recursive: true});
  });

  after(() => buildah(["rmi", "--force", IMAGE]));

  test("it says who runs what, and where", () => {
    const {OCIv1} = JSON.parse(buildah(["inspect", "--type", "image", IMAGE]));
    const {User, WorkingDir, Cmd} = OCIv1.config;
    assert.deepEqual(
      {User, WorkingDir, Cmd},
      {User: `${UID}:${UID}`, WorkingDir: "/app", Cmd: ["node", "main.js"]},
    );
  });

  for (const name of ["proxy", "issuer"])
    test(`the ${name} runs in it as nobody, with a root that cannot be written`, async (t) => {
      const pod = (await pods()).find(({workload}) => workload === name)!;
      const container = createContainer(t, pod);
      const asked = container.run(["sh", "-c", "id -u; touch /app/x"]);
      assert.equal(asked.stdout, `${UID}\n`);
      assert.match(asked.stderr, /touch: cannot touch '\/app\/x': Read-only file system/);
      const lines = container.start();
      assert.equal(await readiness(pod), 200, lines.join(""));
    });
});

/** One pod of each of a region's workloads, with what the vault holds. */
async function pods(): Promise<PodSpec[]> {
  const {stacks} = await runStacks(smallWorld, {stacks: ["westeurope"]});
  const {resources} = stacks[0]!;
  interface Held {
    readonly secretName: string;
    readonly properties: {readonly value: string};
  }
  const held = resources
    .filter(({type}) => type === "azure-native:keyvault:Secret")
    .map(({inputs}) => inputs as unknown as Held);
  return podsOf({
    resources,
    replicas: () => 1,
    addressOf: (index) => `127.77.1.${index}`,
    secretOf: (name) => held.find(({secretName}) => secretName === name)?.properties.value ?? "",
    assertionOf: (serviceAccount) => `${serviceAccount}'s assertion`,
  });
}

/** A container of the image with a pod's files in it, as a kubelet would make it. */
function createContainer(t: TestContext, pod: PodSpec) {
  const container = buildah(["from", "--pull-never", IMAGE]);
  t.after(() => buildah(["rm", container]));
  const root = buildah(["mount", container]);
  const volumes = mkdtempSync(join(tmpdir(), "meridian-volumes-"));
  t.after(() => rmSync(volumes, {recursive: true}));
  const folders = writeVolumes(volumes, {...pod.files, ...pod.secrets});
  for (const folder of folders) mkdirSync(join(root, "app", folder));
  const script = enterScript(root, volumes, folders);
  const commandOf = (command: readonly string[]) => ["-m", "sh", "-c", script, "sh", ...command];
  const env = {...pod.env, PATH: process.env.PATH};

  const run = (command: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync("unshare", commandOf(command), {encoding: "utf8", env});

  function start(): string[] {
    const child = spawn("unshare", commandOf(pod.command), {env});
    t.after(() => child.kill("SIGKILL"));
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => lines.push(text));
    return lines;
  }

  return {run, start};
}

/** The folders at the top of the volumes, readable by the image's user. */
function writeVolumes(volumes: string, files: Readonly<Record<string, string>>): string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(volumes, path)), {recursive: true});
    writeFileSync(join(volumes, path), text);
  }
  spawnSync("chmod", ["-R", "a+rX", volumes]);
  return [...new Set(Object.keys(files).map((path) => path.split("/")[0]!))];
}

/** In a mount namespace of its own: the root read-only, the volumes in it, then the command as the image's user. */
const enterScript = (root: string, volumes: string, folders: readonly string[]) =>
  [
    `mount --bind ${root} ${root}`,
    ...folders.map((folder) => `mount --bind ${volumes}/${folder} ${root}/app/${folder}`),
    `mount -o remount,ro,bind ${root}`,
    `cd ${root}/app`,
    `exec chroot --userspec=${UID}:${UID} --groups= ${root} sh -c 'cd /app && exec "$@"' sh "$@"`,
  ].join(" && ");

/** The status of the pod's probe, once it answers. */
async function readiness({address, ready}: PodSpec): Promise<number | undefined> {
  const url = `http://${address}:${ready.port}${ready.path}`;
  for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end; ) {
    const answer = await fetch(url, {signal: AbortSignal.timeout(1000)}).catch(() => undefined);
    if (answer) return answer.status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}
