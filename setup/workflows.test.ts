import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {existsSync, globSync, readdirSync, readFileSync} from "node:fs";
import {test} from "node:test";
import {fileURLToPath} from "node:url";
import {parse} from "yaml";
import {findValidator} from "./validators.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = `${root}.github/workflows/`;
const files = readdirSync(folder);
const actionlint = findValidator("actionlint");
const skip = actionlint ? false : "NOT RUN: no actionlint";
if (skip)
  console.log(`workflows.test.ts: ${skip}. Mend: TOOLS=build node setup/main.js builds it with Go`);

test("actionlint finds nothing in the workflows", {skip}, () => {
  const {status, stdout} = spawnSync(
    actionlint!,
    files.map((file) => folder + file),
    {encoding: "utf8"},
  );
  assert.deepEqual([status, stdout], [0, ""]);
});

test("actionlint finds what is wrong", {skip}, () => {
  const wrong = readFileSync(`${folder}drift.yml`, "utf8").replace("needs: stacks", "needs: stax");
  const {status, stdout} = spawnSync(actionlint!, ["-"], {input: wrong, encoding: "utf8"});
  assert.equal(status, 1);
  assert.match(stdout, /needs job "stax"/);
});

interface Step {
  if?: string;
  run?: string;
  env?: Record<string, string>;
  uses?: string;
}

interface Job {
  if?: string;
  "runs-on"?: string;
  "timeout-minutes"?: number;
  needs?: string | string[];
  /** Another workflow, in place of steps. */
  uses?: string;
  steps?: Step[];
  environment?: string;
}

interface Workflow {
  on: Record<string, {branches?: string[]; "branches-ignore"?: string[]} | null>;
  permissions: object;
  jobs: Record<string, Job>;
}

const workflows = files.map((file): [string, Workflow] => [
  file,
  parse(readFileSync(folder + file, "utf8")),
]);

const actions = readdirSync(`${root}.github/actions`).map((name): [string, Step[]] => {
  const file = `${root}.github/actions/${name}/action.yml`;
  return [name, parse(readFileSync(file, "utf8")).runs.steps];
});

/** The scripts that workflows run, with the options that they give them. */
const commands = new Map<string, Set<string>>();
for (const {run = ""} of [
  ...workflows.flatMap(([, {jobs}]) => Object.values(jobs).flatMap(({steps = []}) => steps)),
  ...actions.flatMap(([, steps]) => steps),
])
  note(run);

function note(run: string): void {
  // The options of a rollout are collected before the call.
  const parts = run.includes("rollout") ? [run] : run.replaceAll("\\\n", " ").split("\n");
  for (const part of parts)
    for (const [call, name = ""] of part.matchAll(/npm run --silent (\S+)/g)) {
      const options = part.replace(call, "").matchAll(/(?<=[\s(])--[a-z]+(-[a-z]+)*/g);
      const known = commands.get(name) ?? [];
      commands.set(name, new Set([...known, ...[...options].map(([option]) => option)]));
    }
}

test("workflows run commands of this project", () =>
  assert.deepEqual([...commands.keys()].toSorted(), [
    "cloud",
    "id-token",
    "post",
    "preflight",
    "preview",
    "rollout",
    "sign",
    "state",
  ]));

const {scripts} = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

for (const [name, options] of commands)
  test(`npm run ${name} has the options that workflows give it`, () => {
    const [, file] =
      /^node setup\/command\/run\.js (\S+)$/.exec(scripts[name]) ??
      assert.fail(`${name}: ${scripts[name]}`);
    const {status, stdout} = spawnSync(process.execPath, [root + file, "--help"], {
      encoding: "utf8",
    });
    assert.equal(status, 0);
    for (const option of options) assert.match(stdout, new RegExp(`\\s${option}\\b`));
  });

for (const [file, {permissions, jobs}] of workflows)
  test(`${file}: jobs end, and may only read unless they say so`, () => {
    assert.deepEqual(permissions, {contents: "read"});
    // A job that is another workflow ends with that one's jobs.
    for (const job of Object.values(jobs)) assert.ok(job.uses ?? job["timeout-minutes"]);
  });

test("whatever reaches into regions runs where their networks let it in", () => {
  const reaching = workflows.flatMap(([file, {jobs}]) =>
    Object.entries(jobs)
      .filter(([, {steps = []}]) => steps.some(({run}) => /pulumi preview|rollout/.test(run ?? "")))
      .map(([name, job]) => [`${file} ${name}`, job["runs-on"]]),
  );
  const runner = `\${{ vars.MERIDIAN_RUNNER || 'ubuntu-24.04' }}`;
  assert.deepEqual(Object.fromEntries(reaching), {
    "deploy.yml rollout": runner,
    "drift.yml drift": runner,
    "preview.yml azure": runner,
  });
});

test("what is brought up, and what a branch would bring up, is judged by the policy packs", () => {
  const own = "vars.MERIDIAN_POLICY_PACKS";
  const packs = `infra/policy-pack\${{ ${own} && format(',{0}', ${own}) }}`;
  const told = workflows.flatMap(([file, {jobs}]) =>
    Object.values(jobs).flatMap(({steps = []}) =>
      steps
        .filter(({env}) => env?.PULUMI_OPTION_POLICY_PACK === packs)
        .map(
          ({run = ""}) =>
            `${file}: ${/pulumi preview|pulumi up|run --silent rollout/.exec(run)?.[0]}`,
        ),
    ),
  );
  assert.deepEqual(told, [
    "deploy.yml: pulumi up",
    "deploy.yml: run --silent rollout",
    "preview.yml: pulumi preview",
  ]);
  const {steps = []} = Object.fromEntries(workflows)["preview.yml"]!.jobs.review!;
  assert.ok(steps.some(({run}) => run?.includes("--expect policy-pack")));
});

test("no pull request of a fork runs on a runner of ours", () => {
  const ours = workflows
    .filter(([, {on}]) => "pull_request" in on)
    .flatMap(([, {jobs}]) => Object.values(jobs))
    .filter((job) => job["runs-on"]?.includes("MERIDIAN_RUNNER"));
  assert.equal(ours.length, 1);
  for (const job of ours)
    assert.match(job.if!, /&& !github\.event\.pull_request\.head\.repo\.fork\b/);
});

const users = [
  ...workflows.map(([file, {jobs}]): [string, Step[]] => [
    file,
    Object.values(jobs).flatMap((job) => [job, ...(job.steps ?? [])]),
  ]),
  ...actions,
];

for (const [name, steps] of users)
  test(`${name}: what others wrote is named by its commit, which nobody can move`, () => {
    for (const {uses} of steps)
      if (uses !== undefined) assert.match(uses, /^(\.\/|[\w-]+\/[\w-]+@[\da-f]{40}$)/);
  });

test("a commit is one of the version beside it, the same everywhere", () => {
  const found = new Map<string, Set<string>>();
  for (const path of globSync(`${root}.github/**/*.yml`))
    for (const [, action = "", pin = ""] of readFileSync(path, "utf8").matchAll(
      /uses: ([\w-]+\/[\w-]+)@(.*)/g,
    ))
      found.set(action, (found.get(action) ?? new Set()).add(pin));
  assert.ok(found.size > 5);
  for (const [action, pins] of found) {
    assert.equal(pins.size, 1, `${action}: ${[...pins].join(", ")}`);
    assert.match([...pins].join(), /^[\da-f]{40} # v\d+\.\d+\.\d+$/, action);
  }
});

test("what is pinned is kept fresh, wherever it is", () => {
  interface Updates {
    readonly "package-ecosystem": string;
    readonly directory?: string;
    readonly directories?: readonly string[];
  }
  const {updates} = parse(readFileSync(`${root}.github/dependabot.yml`, "utf8")) as {
    updates: readonly Updates[];
  };
  const kept = updates.map(({"package-ecosystem": ecosystem, directory, directories}) => [
    ecosystem,
    ...(directories ?? [directory]),
  ]);
  assert.deepEqual(kept, [
    ["github-actions", "/", "/.github/actions/*"],
    ["docker", "/infra/image"],
    ["npm", "/"],
    ["pip", "/dns/octodns", "/infra/image"],
  ]);
  for (const pinned of [
    "infra/image/proxy.Dockerfile",
    "package.json",
    "dns/octodns/requirements.txt",
  ])
    assert.ok(existsSync(root + pinned), pinned);
});

const {"ci.yml": ci, "deploy.yml": deploy} = Object.fromEntries(workflows);

test("every push and pull request is tested, and nothing is brought up untested", () => {
  assert.deepEqual(Object.keys(ci!.on), ["push", "pull_request", "workflow_call"]);
  // The branches that ci.yml leaves out are those of deploy.yml.
  assert.deepEqual(ci!.on.push!["branches-ignore"], deploy!.on.push!.branches);
  const runs = Object.values(ci!.jobs).flatMap(({steps = []}) => steps.map(({run}) => run));
  assert.ok(runs.includes("npm run check") && runs.includes("bash .ci/run"));
  const {ci: call, rollout} = deploy!.jobs;
  assert.equal(call!.uses, "./.github/workflows/ci.yml");
  assert.equal(rollout!.needs, "ci");
  const all = readFileSync(`${root}.ci/run`, "utf8");
  for (const part of ["\nnpm test\n", '"*.tour.ts"', "{ npm run check && ", '\nwait "$others" ||'])
    assert.ok(all.includes(part), part);
});

test("a branch's programs run with no right on the state: its secrets are read by the main branch alone", () => {
  for (const [file, {on, jobs}] of workflows) {
    const text = JSON.stringify(Object.values(jobs));
    const isOfBranches = "pull_request" in on;
    if (isOfBranches) assert.ok(!text.includes("vars.PULUMI_BACKEND_URL"), file);
    const environments = Object.values(jobs).flatMap(({environment}) => environment ?? []);
    for (const environment of environments)
      assert.equal(environment === "preview", isOfBranches, `${file}: ${environment}`);
  }
});

test("images are signed before a rollout, by an identity of its own, and where there is a key", () => {
  const steps = deploy!.jobs.rollout!.steps!;
  const at = (text: string) => steps.findIndex(({run}) => run?.includes(text));
  const [cosign, build, sign, rollout] = [
    at("setup/main.js cosign"),
    at("pulumi up"),
    at("npm run --silent sign"),
    at("npm run --silent rollout"),
  ] as const;
  assert.ok(0 < cosign && cosign < build && build < sign && sign < rollout);
  assert.match(steps[cosign]!.run!, /-n "\$KEY".*signedBy:/);
  assert.equal(steps[cosign]!.if, undefined);
  // Where an image or regions are given, or a rollout is resumed, global is left as it is.
  const asked = ["image", "resume", "regions"].map((input) => ` && !inputs.${input}`).join("");
  for (const step of [build, sign])
    assert.equal(steps[step]!.if, `\${{ vars.MERIDIAN_SIGNING_KEY != ''${asked} }}`);
  const ids = steps.map(({env}) => env?.AZURE_CLIENT_ID).filter(Boolean);
  assert.deepEqual(ids, [steps[sign]!.env!.AZURE_CLIENT_ID]);
  assert.match(ids[0]!, /vars\.MERIDIAN_SIGNER_CLIENT_ID/);
});
