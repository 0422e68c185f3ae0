import assert from "node:assert/strict";
import {execFileSync, spawnSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {parse} from "yaml";

const root = join(import.meta.dirname, "../..");
const dns = (...args: string[]) => {
  const {status, stdout, stderr} = spawnSync(process.execPath, ["ops/dns/main.ts", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return {status, stdout, stderr};
};

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(path, {recursive: true}));
  return path;
}

test("the table is the one that is committed, and --json the plan", () => {
  const {status, stdout} = dns();
  const committed = readFileSync(join(root, "dns/rendered/plan.txt"), "utf8");
  assert.deepEqual([status, committed.startsWith(stdout)], [0, true]);
  const {pools, rules} = JSON.parse(dns("--json").stdout);
  assert.deepEqual([pools.length, rules.length], [4, 5]);
});

test("--diff takes a file, or what Git has", (t) => {
  const base = join(folder(t), "regions.yaml");
  const text = readFileSync(join(root, "regions.yaml"), "utf8");
  writeFileSync(base, text.replace(/^ +brazilsouth:.*\n/m, ""));
  assert.match(dns("--diff", base).stdout, /^Brazil, Argentina and 9 more move from us-east to/);
  assert.equal(JSON.parse(dns("--diff", base, "--json").stdout).moves[0].places.length, 11);

  const inGit = spawnSync("git", ["rev-parse", "HEAD"], {cwd: root}).status === 0;
  if (!inGit) return t.diagnostic("NOT RUN: --diff HEAD, for this is no Git checkout");
  const committed = execFileSync("git", ["show", "HEAD:./regions.yaml"], {
    cwd: root,
    encoding: "utf8",
  });
  if (committed === text)
    assert.equal(dns("--diff", "HEAD").stdout, "No place moves, and no fallback changes.\n");
  assert.equal(dns("--diff", "HEAD").status, 0);
});

test("--map draws, --lost shows what is left, --octodns writes what octoDNS reads", (t) => {
  const path = folder(t);
  const map = join(path, "map.svg");
  assert.equal(dns("--map", map).stdout, `drew ${map}\n`);
  assert.equal(readFileSync(map, "utf8"), readFileSync(join(root, "dns/rendered/map.svg"), "utf8"));

  assert.match(
    dns("--lost", "brazilsouth", "--place", "BR").stdout,
    /^Brazil \(BR\) is served by us-east/,
  );

  const union = JSON.parse(dns("--place", "eu", "--json").stdout);
  assert.deepEqual([union.code, union.places.length, union.rules.length], ["EU", 34, 1]);

  assert.equal(dns("--octodns", path, "--weights", "15").status, 0);
  const zone = parse(readFileSync(join(path, "zones/example.com.yaml"), "utf8"));
  assert.equal(zone.completions.type, "CNAME");
});

test("--provider writes for one service, and tells what it cannot say, there and in the zone", (t) => {
  const path = folder(t);
  const {status, stdout} = dns("--octodns", path, "--provider", "route53");
  assert.equal(status, 0);
  assert.match(
    stdout,
    /\nBouvet Island: answered as the rest of the world, .* does not take it\.\n/,
  );
  const zone = readFileSync(join(path, "zones/example.com.yaml"), "utf8");
  assert.match(zone, /^# Bouvet Island: answered as the rest of the world/m);
  assert.doesNotMatch(zone, /^ +- (AN-BV|AN-HM|NA-CA-..)$/m);
  const {providers, zones} = parse(readFileSync(join(path, "config.yaml"), "utf8"));
  assert.equal(providers.route53.class, "octodns_route53.Route53Provider");
  assert.deepEqual(zones["example.com."].targets, ["route53"]);
});

test("what cannot be is told, with the mend", () => {
  const cases: [args: string[], told: RegExp][] = [
    [["--place", "UX"], /^"UX" is not a place; .*A place is a country's two letters/],
    [
      ["--lost", "eastus"],
      /^--lost eastus: not a region of regions\.yaml; did you mean "eastus2"\?/,
    ],
    [["--diff", "no-such"], /^--diff no-such: no such file, and Git does not have it \(/],
    [["--diff=--output=x"], /^--diff --output=x: no such file, and Git does not have it \(/],
    [["--octodns", "/tmp", "--provider", "aws"], /^--provider aws: use one of azure, ns1, route53/],
    [["--weights", "15"], /^--weights: of octoDNS's zone; add --octodns DIR\n--help lists/],
    [
      ["--provider", "ns1", "--map", "x", "--place", "DE", "--json"],
      /^npm run dns cannot begin:\n {2}- --place and --map: give one of them\n {2}- --provider: of octoDNS's zone; add --octodns DIR\n {2}- --json and --map: give one of them\n/,
    ],
    [
      ["--map", "/dev/null/x/map.svg"],
      /^--map \/dev\/null\/x\/map\.svg: goes through a file as if that were a folder; name another\n/,
    ],
    [["--map", "/tmp"], /^--map \/tmp: is a folder; name the file in it\n/],
    [["--octodns", "/tmp", "--weights", "7"], /^--weights 7: providers take weights of 1 to 15/],
  ];
  for (const [args, told] of cases) {
    const {status, stderr} = dns(...args);
    assert.equal(status, 2);
    assert.match(stderr, told);
  }
});
