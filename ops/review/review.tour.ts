import assert from "node:assert/strict";
import {execFileSync, spawnSync} from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {after, before, test} from "node:test";
import {fileURLToPath} from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "meridian-review-"));
after(() => rmSync(folder, {recursive: true}));

const git = (...args: string[]) => execFileSync("git", args, {cwd: folder, encoding: "utf8"});

/** A repository of its own with the files of this one. */
before(() => {
  const files = execFileSync("git", ["ls-files", "-z"], {cwd: root, encoding: "utf8"})
    .split("\0")
    .filter(Boolean);
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), {recursive: true});
    cpSync(join(root, file), join(folder, file));
  }
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "base");
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
});

const preview = (...args: string[]) =>
  spawnSync(process.execPath, [join(folder, "ops/preview/main.ts"), ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 27,
  });

function edit(file: string, ...changes: [from: string | RegExp, to: string][]): void {
  const path = join(folder, file);
  const text = changes.reduce(
    (text, [from, to]) => {
      assert.notEqual(text.replace(from, to), text, `${file} has ${from}`);
      return text.replace(from, to);
    },
    readFileSync(path, "utf8"),
  );
  writeFileSync(path, text);
}

test("nothing changes where nothing did, the image included", () => {
  const {status, stdout, stderr} = preview(
    "--base",
    "HEAD",
    "--expect",
    "moved=0",
    "--expect",
    "protected",
  );
  assert.deepEqual([status, stderr], [0, ""]);
  assert.equal(stdout, "Against HEAD: No stack changes.\n\nmoved=0 holds\nprotected holds\n");
});

test("one region added, one rule changed, the proxy changed: each is told where it belongs", () => {
  edit(
    "regions.yaml",
    ["  japaneast:\n", "  australiaeast: {pool: oceania}\n  japaneast:\n"],
    ["cap: {n: 5}", "cap: {n: 3}"],
  );
  edit("proxy/errors.ts", [/$/, "\nconsole.debug('another image');\n"]);
  const {status, stdout, stderr} = preview(
    "--base",
    "main",
    "--format",
    "json",
    "--expect",
    "moved=3",
    "--expect",
    "fallback",
  );
  assert.deepEqual([status, stderr], [2, ""]);
  const {stacks, dns, images, policy, quotas, costs, broken} = JSON.parse(stdout);
  assert.deepEqual(
    stacks.map(({stack, change}: {stack: string; change: string}) => [stack, change]),
    [
      ["global", "changed"],
      ["australiaeast", "added"],
      ...[
        "brazilsouth",
        "canadacentral",
        "eastus2",
        "japaneast",
        "swedencentral",
        "westeurope",
      ].map((name) => [name, "changed"]),
      ["fallback", "changed"],
      ["dns", "changed"],
    ],
  );
  assert.deepEqual(policy, [
    "mutation poison-pill drops best_of, caps n at 3; before, it drops best_of, caps n at 5",
  ]);
  assert.deepEqual(
    images.map(({containers, stacks}: Record<string, string[]>) => [containers, stacks?.length]),
    [[["issuer", "proxy"], 6]],
  );
  assert.deepEqual(quotas, [
    {region: "australiaeast", model: "gpt-5.6-luna", sku: "GlobalStandard", from: 0, to: 1000},
    {region: "australiaeast", model: "gpt-5.4-nano", sku: "GlobalStandard", from: 0, to: 1000},
  ]);
  assert.deepEqual(
    costs.map(({stack}: {stack: string}) => stack),
    ["global", "australiaeast"],
  );
  const moves = dns.moves.map(({from, to}: Record<string, string>) => `${from} to ${to}`);
  assert.deepEqual(moves, ["japaneast to oceania", "us-east to oceania", "brazilsouth to oceania"]);
  assert.deepEqual(broken, [{rule: "moved=3", breaks: ["28 places move"]}]);
});

test("nodes of another size, and a region that goes", () => {
  git("checkout", "-q", ".");
  edit(
    "regions.yaml",
    ["size: Standard_D4ds_v5", "size: Standard_D8ds_v5, system: {size: Standard_D4ds_v5}"],
    [/ {2}brazilsouth: .*\n/, ""],
  );
  const {status, stdout} = preview("--base", "main", "--expect", "protected");
  assert.equal(status, 0, stdout);
  assert.match(
    stdout,
    /\n {2}! AgentPool users, replaced for agentPoolName, vmSize, its successor first\n/,
  );
  assert.match(
    stdout,
    /\nbrazilsouth: no longer in regions.yaml, \d+ resources\n {2}- PrometheusRuleGroup: .*\n {2}- RoleAssignment: /,
  );
});

test("system nodes of another size: Azure would refuse, and the rule says so", () => {
  git("checkout", "-q", ".");
  edit("regions.yaml", ["size: Standard_D4ds_v5", "size: Standard_D8ds_v5"]);
  const {status, stdout} = preview("--base", "main", "--expect", "protected");
  assert.equal(status, 2, stdout);
  assert.match(stdout, /, 6 refused\.\n/);
  assert.match(
    stdout,
    /\n {2}! ManagedCluster cluster, refused by Azure for agentPoolProfiles\.system\.vmSize\n/,
  );
  assert.match(stdout, /\nprotected is broken: .*; see docs\/operations\.md, "What cannot change"/);
});

const refused: Record<string, [args: string[], message: RegExp]> = {
  "a base that Git does not know": [
    ["--base", "nowhere"],
    /^--base nowhere: Git knows no such commit; .*fetch it first/,
  ],
  "a base that looks like an option": [["--base=--all"], /^--base --all: Git knows no such commit/],
  "an unknown format": [
    ["--base", "main", "--format", "html"],
    /^--format html: write text, markdown, json/,
  ],
  "what only a comparison has": [
    ["--expect", "fallback", "--format", "json"],
    /^--format and --expect: of a comparison; add --base/,
  ],
  "what a comparison has not": [
    ["--base", "main", "--json"],
    /^--json: a comparison is of all stacks/,
  ],
};

for (const [what, [args, message]] of Object.entries(refused))
  test(`${what} is refused`, () => {
    const {status, stdout, stderr} = preview(...args);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, message);
  });

test("a base whose own preview fails says so, in its words", () => {
  git("checkout", "-q", ".");
  edit("regions.yaml", ["weight: 3", "weight: 3000"]);
  git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qam", "broken");
  edit("regions.yaml", ["weight: 3000", "weight: 3"]);
  const {status, stderr} = preview("--base", "HEAD");
  assert.equal(status, 1);
  assert.match(stderr, /^HEAD:regions\.yaml.*weight/s);
});
