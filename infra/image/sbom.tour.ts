import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {test} from "node:test";
import {fileURLToPath} from "node:url";
import {findCyclonedx} from "../../setup/cyclonedx.js";
import {bundle} from "./bundle.ts";
import {cliContext, edgeContext, proxyContext, SBOM} from "./context.ts";
import {packagesOf} from "./packages.ts";
import {sbomOf} from "./sbom.ts";
import {untar} from "./untar.rig.ts";

const lock = fileURLToPath(new URL("../../package-lock.json", import.meta.url));

test("a file belongs to the innermost package around it, and ours to none", () => {
  const names = (...files: string[]) => packagesOf(files, lock).map(({name}) => name);
  assert.deepEqual(
    names("node_modules/jose/dist/a.js", "proxy/main.ts", "node_modules/jose/b.js"),
    ["jose"],
  );
  assert.deepEqual(names("node_modules/@azure/identity/a.js"), ["@azure/identity"]);
  assert.throws(() => names("node_modules/nobody/a.js"), /nobody is bundled, .*run npm ci/);
});

test("a package is told by its name, version, archive and licence; a base by its digest", () => {
  const digest = "0a".repeat(32);
  const bom = JSON.parse(
    sbomOf("meridian-proxy", {
      base: `docker.io/library/node:1-slim@sha256:${digest}`,
      packages: [{name: "@a/b", version: "1.2.3", integrity: "sha512-q83v", license: "MIT OR ISC"}],
    }),
  );
  const node = `pkg:oci/node@sha256%3A${digest}?repository_url=docker.io%2Flibrary%2Fnode&tag=1-slim`;
  assert.deepEqual(bom.components, [
    {
      type: "container",
      "bom-ref": node,
      name: "node",
      version: "1-slim",
      purl: node,
      hashes: [{alg: "SHA-256", content: digest}],
    },
    {
      type: "library",
      "bom-ref": "pkg:npm/%40a/b@1.2.3",
      name: "@a/b",
      version: "1.2.3",
      purl: "pkg:npm/%40a/b@1.2.3",
      hashes: [{alg: "SHA-512", content: "abcdef"}],
      licenses: [{expression: "MIT OR ISC"}],
    },
  ]);
});

test("what the proxy's image tells of itself is what esbuild put into it", async () => {
  const {packages, files} = await bundle();
  const names = packages.map(({name}) => name);
  for (const name of ["jose", "pino", "zod"]) assert.ok(names.includes(name), name);
  for (const name of ["esbuild", "yaml", "@pulumi/pulumi"]) assert.ok(!names.includes(name), name);
  const told = JSON.parse(untar(proxyContext({packages, files}).archive)[SBOM]!);
  assert.deepEqual(
    told.components.slice(1).map(({name}: {name: string}) => name),
    names,
  );
});

const python = findCyclonedx();
const skip = python ? false : "NOT RUN: no CycloneDX library";
if (skip)
  console.log(`sbom.tour.ts: ${skip}. Mend: TOOLS=build node setup/main.js, with python3-venv`);

/** The strict schema knows every key: one that is misspelt is refused. */
const JUDGE = `
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
print(JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read()) or "valid")
`;

const judge = (bom: string) => {
  const {stdout, stderr} = spawnSync(python!, ["-c", JUDGE], {input: bom, encoding: "utf8"});
  assert.equal(stderr, "");
  return stdout.trim();
};

test("CycloneDX's own library takes what each image tells of itself", {skip}, async () => {
  for (const {archive} of [proxyContext(await bundle()), edgeContext(), cliContext()])
    assert.equal(judge(untar(archive)[SBOM]!), "valid");
});

test("and refuses what is none", {skip}, () => {
  const bom = sbomOf("x", {base: "docker.io/library/node:1", packages: []});
  assert.notEqual(judge(bom.replace('"purl"', '"prul"')), "valid");
});
