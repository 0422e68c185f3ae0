import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {stringify} from "yaml";
import {everyImage, smallWorld, withImages} from "../../infra/fixture.ts";
import {findSwagger, findValidator} from "../../setup/validators.js";
import {runStacks} from "../stacks/stacks.ts";
import {schemasOf} from "./schemas.ts";

const kubeconform = findValidator("kubeconform");
const swagger = findSwagger();
const MEND = "Mend: TOOLS=build node setup/main.js builds it with Go";

/** Why a test does not run, said once. */
function unless(there: boolean, what: string): string | false {
  if (there) return false;
  console.log(`validators.test.ts: NOT RUN: no ${what}. ${MEND}`);
  return `NOT RUN: no ${what}`;
}

/** Defined by what is installed in a cluster, not by Kubernetes. */
const ownKinds = ["SecretProviderClass", "PodMonitor"];

/** Every object of a region's cluster, as it would be sent, those that regions.yaml has to ask for among them. */
async function objectsOf(region: string): Promise<object[]> {
  const world = withImages(smallWorld, everyImage);
  const {stacks} = await runStacks(world, {stacks: [region]});
  return stacks[0]!.resources
    .filter(({type}) => type.startsWith("kubernetes:"))
    .map(({inputs}) => inputs);
}

function write(t: TestContext, objects: readonly object[]) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-validators-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const file = join(folder, "objects.yaml");
  writeFileSync(file, objects.map((object) => stringify(object)).join("---\n"));
  return {folder, file};
}

function conform(t: TestContext, objects: readonly object[]) {
  const {folder, file} = write(t, objects);
  const schemas = join(folder, "schemas");
  mkdirSync(schemas);
  for (const [name, schema] of schemasOf(JSON.parse(readFileSync(swagger!, "utf8"))))
    writeFileSync(join(schemas, name), JSON.stringify(schema));
  const location = `${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`;
  const options = ["-strict", "-output", "json", "-summary", "-skip", ownKinds.join()];
  const {stdout, stderr} = spawnSync(
    kubeconform!,
    [...options, "-schema-location", location, file],
    {encoding: "utf8"},
  );
  assert.equal(stderr, "");
  return JSON.parse(stdout) as {
    resources: {name: string; kind: string; msg: string}[] | null;
    summary: {valid: number; invalid: number; errors: number; skipped: number};
  };
}

const noSchemas = unless(Boolean(kubeconform && swagger), "kubeconform or Kubernetes' schemas");

test("every object is what the API server's schemas allow", {skip: noSchemas}, async (t) => {
  const objects = await objectsOf("westeurope");
  const own = objects.filter((object) => ownKinds.includes((object as {kind: string}).kind));
  const {resources, summary} = conform(t, objects);
  assert.deepEqual(resources ?? [], []);
  assert.deepEqual(summary, {
    valid: objects.length - own.length,
    invalid: 0,
    errors: 0,
    skipped: own.length,
  });
});

test("a misspelt field and a wrong type are found", {skip: noSchemas}, (t) => {
  const service = {apiVersion: "v1", kind: "Service", metadata: {name: "edge"}};
  const {resources} = conform(t, [
    {...service, spec: {selectors: {app: "edge"}}},
    {...service, spec: {ports: [{port: "https"}]}},
  ]);
  const said = resources!.map(({msg}) => msg).sort();
  assert.equal(said.length, 2);
  assert.match(said[0]!, /at '\/spec': additional properties 'selectors' not allowed/);
  assert.match(said[1]!, /at '\/spec\/ports\/0\/port': got string, want integer/);
});
