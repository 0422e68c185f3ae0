import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {globSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {before, test} from "node:test";
import {fileURLToPath} from "node:url";
import {stringify} from "yaml";
import {fullWorld} from "../../infra/fixture.ts";
import {gpuWorld} from "../../infra/gpus.ts";
import {guardedWorld} from "../../infra/guarded.ts";
import type {World} from "../../regions/world.ts";
import {acceptedOf} from "../../setup/accepted.ts";
import {findCheckov} from "../../setup/checkov.js";
import {findValidator} from "../../setup/validators.js";
import {runStacks} from "../stacks/stacks.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const kubeScore = findValidator("kube-score");
const checkov = findCheckov();

/** Why a test does not run, said once. */
function unless(there: unknown, what: string): string | false {
  if (there) return false;
  console.log(`linters.tour.ts: NOT RUN: no ${what}. Mend: TOOLS=build node setup/main.js`);
  return `NOT RUN: no ${what}`;
}

/** Everything that an entry may ask for of a cluster, all that guards one, and servers on GPUs. */
const worlds = [fullWorld, guardedWorld, gpuWorld];
let clusters: readonly (readonly object[])[] = [];
before(async () => {
  clusters = await Promise.all(worlds.map(objectsOf));
});

async function objectsOf(world: World): Promise<object[]> {
  const {stacks} = await runStacks(world, {stacks: ["eastus2"]});
  const {resources} = stacks[0]!;
  return resources.filter(({type}) => type.startsWith("kubernetes:")).map(({inputs}) => inputs);
}

/** Runs with a file of each cluster's objects, which is removed after. */
const withFiles = <Result>(use: (file: string) => Result[]): Result[] =>
  clusters.flatMap((objects) => withFile(objects, use));

function withFile<Result>(objects: readonly object[], use: (file: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "meridian-linters-"));
  try {
    const file = join(folder, "objects.yaml");
    writeFileSync(file, objects.map((object) => stringify(object)).join("---\n"));
    return use(file);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

function answerOf(program: string, args: readonly string[]): unknown {
  const {stdout, stderr} = spawnSync(program, args, {encoding: "utf8", maxBuffer: 1 << 26});
  assert.ok(stdout, stderr);
  return JSON.parse(stdout);
}

const unique = (ids: readonly string[]) => [...new Set(ids)].sort();

interface Scored {
  readonly checks: readonly {
    readonly check: {readonly id: string};
    readonly grade: number;
    readonly skipped: boolean;
  }[];
}

/** Of kube-score: it warns at 5, and what is below is critical. */
const GOOD = 7;

test("kube-score finds what is accepted, each with its reason, and nothing else", {
  skip: unless(kubeScore, "kube-score"),
}, () => {
  const scored = withFiles(
    (file) => answerOf(kubeScore!, ["score", "-o", "json", file]) as Scored[],
  );
  const checks = scored.flatMap((one) => one.checks);
  const found = checks.filter(({grade, skipped}) => !skipped && grade < GOOD);
  assert.ok(checks.length > 50, `${checks.length} checks`);
  assert.deepEqual(unique(found.map(({check}) => check.id)), acceptedOf("kube-score"));
});

interface Report {
  readonly results: {readonly failed_checks: readonly {readonly check_id: string}[]};
  readonly summary: {readonly passed: number};
}

function failuresOf(framework: string, files: readonly string[]): string[] {
  const what = files.flatMap((file) => ["-f", file]);
  const options = ["--framework", framework, "-o", "json", "--skip-download"];
  const run = "from checkov.main import Checkov; import sys; sys.exit(Checkov().run())";
  const {results, summary} = answerOf(checkov!, ["-c", run, ...what, ...options]) as Report;
  assert.ok(summary.passed > 5, `${framework}: ${summary.passed} passed`);
  return results.failed_checks.map(({check_id}) => check_id);
}

test("checkov finds what is accepted, each with its reason, and nothing else", {
  skip: unless(checkov, "checkov"),
}, () => {
  const dockerfiles = globSync(`${ROOT}infra/image/*.Dockerfile`);
  const workflows = globSync(`${ROOT}.github/workflows/*.yml`);
  const found = [
    ...withFiles((file) => failuresOf("kubernetes", [file])),
    ...failuresOf("dockerfile", dockerfiles),
    ...failuresOf("github_actions", workflows),
  ];
  assert.deepEqual(unique(found), acceptedOf("checkov"));
});

test("each acceptance has its reason in a whole row", () => {
  const rows = readFileSync(`${ROOT}docs/security.md`, "utf8").match(
    /^\| (kube-score|checkov) .*/gm,
  );
  const accepted = ["kube-score", "checkov"].flatMap(acceptedOf);
  assert.equal(rows?.length, accepted.length);
});
