import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {test} from "node:test";
import {fileURLToPath} from "node:url";
import {edgeCertificate, edgeConfig} from "./config.ts";
import {edgeLimits, HEALTHY_PERCENT} from "./limits.ts";
import {edgeFiles} from "./listener.ts";

const config = edgeConfig({
  region: "westeurope",
  ports: {https: 8443, admin: 9901, stop: 9902},
  proxy: {host: "proxy.meridian.svc.cluster.local", port: 8080},
  issuer: {host: "issuer.meridian.svc.cluster.local", port: 8081},
  healthyPercent: HEALTHY_PERCENT,
});

test("Envoy takes the configuration", (t) => {
  const envoy = findEnvoy();
  if (!envoy) return t.skip("NOT RUN: no Envoy; `npm start` fetches one, or set ENVOY to its path");
  const folder = mkdtempSync(join(tmpdir(), "edge-"));
  t.after(() => rmSync(folder, {recursive: true}));
  mkdirSync(join(folder, "config"));
  writeFileSync(join(folder, edgeFiles.config), JSON.stringify(config));
  writeFileSync(join(folder, edgeFiles.certificate), JSON.stringify(edgeCertificate()));
  const args = ["--mode", "validate", "-c", edgeFiles.config, "--log-level", "warn"];
  const output = execFileSync(envoy, args, {cwd: folder, encoding: "utf8", stdio: "pipe"});
  assert.match(output, /^configuration 'config\/envoy.json' OK$/m);
});

test("editors that cancel do not look like an attack", () => {
  assert.deepEqual(config.layered_runtime, {
    layers: [
      {
        name: "static",
        static_layer: {
          "overload.premature_reset_total_stream_count": 4_000_000_000,
          "envoy.reloadable_features.http2_use_oghttp2": true,
        },
      },
    ],
  });
});

/** Every value under a key, wherever it stands. */
function valuesOf(key: string, tree: unknown = config): unknown[] {
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([name, value]) =>
    name === key ? [value] : valuesOf(key, value),
  );
}

test("no completion that a proxy has begun is asked for again", () => {
  const unbegun = ["connect-failure", "refused-stream", "reset-before-request"];
  const reasons = valuesOf("retry_on").flatMap((text) => String(text).split(","));
  assert.deepEqual([...new Set(reasons)].toSorted(), unbegun);
  const others = ["retriable_status_codes", "hedge_policy", "per_try_timeout"];
  assert.deepEqual(
    others.flatMap((key) => valuesOf(key)),
    [],
  );
});

test("proxies that voted themselves out are left alone as long as the region is in", () => {
  const panics = valuesOf("healthy_panic_threshold") as {value: number}[];
  assert.equal(panics.length, valuesOf("health_checks").length);
  for (const {value} of panics) assert.ok(value > 0 && value < HEALTHY_PERCENT, `${value}`);
});

test("a proxy is out at its own word, and not for one answer that goes astray", () => {
  const checks = valuesOf("health_checks").flat() as Record<string, unknown>[];
  assert.ok(checks.length > 0);
  for (const check of checks) {
    assert.equal(check.unhealthy_threshold, 2);
    assert.equal(check.interval, `${edgeLimits.voteS}s`);
    assert.equal(check.no_traffic_interval, check.interval);
  }
});

test("every path in it is relative, so that any folder can be the pod's", () => {
  const paths = JSON.stringify([config, edgeCertificate()]).match(
    /"(?:path|filename)":"[^"]*(?:\.json|\.pem|secrets)"/g,
  );
  assert.deepEqual(paths, [
    '"path":"config/tls.json"',
    '"filename":"secrets/tls.pem"',
    '"filename":"secrets/tls.pem"',
    '"path":"secrets"',
  ]);
});

function findEnvoy(): string | undefined {
  const {ENVOY, PATH = ""} = process.env;
  if (ENVOY) return ENVOY;
  const folder = fileURLToPath(new URL("../../.meridian/envoy/", import.meta.url));
  const [fetched] = globSync("**/envoy", {cwd: folder, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map(({parentPath, name}) => join(parentPath, name));
  return fetched ?? PATH.split(":").flatMap((path) => globSync(join(path, "envoy")))[0];
}
