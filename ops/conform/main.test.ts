import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, test} from "node:test";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "meridian-"));
after(() => rmSync(folder, {recursive: true}));

function conform(...args: string[]) {
  const {status, stdout, stderr} = spawnSync(process.execPath, ["ops/conform/main.ts", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return {status, stdout, stderr};
}

function fileOf(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const type = "azure-native:resources:ResourceGroup";
const metadata = {op: "create", type, urn: `urn:pulumi:dns::meridian::${type}::group`};
const subscription = "0a1b2c3d-0000-4000-8000-00000000abcd";
const id = `/subscriptions/${subscription}/resourceGroups/meridian`;
const inputs = {
  ...{resourceGroupName: "meridian", location: "eastus2", azureApiVersion: "2024-03-01"},
  tags: {owner: "jo@corp.example", token: "hunter2hunter2"},
};

/** What `pulumi up --json` prints of a group, which Azure answers so. */
const eventsOf = (outputs: object) =>
  [
    {timestamp: 1_790_000_000, resourcePreEvent: {metadata: {...metadata, new: {inputs}}}},
    {resOutputsEvent: {metadata: {...metadata, new: {id, inputs, outputs}}}},
  ]
    .map((event) => JSON.stringify(event))
    .join("\n");

const answer = {name: "meridian", location: "eastus2", provisioningState: "Succeeded"};

test("a run is recorded, masked and replayed", () => {
  const recorded = conform("record", fileOf("events", eventsOf(answer)));
  assert.equal(recorded.status, 0, recorded.stderr);
  assert.doesNotMatch(recorded.stdout, /hunter2|0a1b2c3d|jo@corp/);
  assert.match(recorded.stderr, /^Steps: 1\. Look through the file before you send it/);
  const {status, stdout} = conform(fileOf("recording.json", recorded.stdout));
  assert.equal(
    stdout,
    "Steps: 1, and the stand-in answers all of them as the recorded cloud did.\n",
  );
  assert.equal(status, 0);
});

test("what came out otherwise is told, by stack, and ends with 1", () => {
  const events = fileOf("other-events", eventsOf({...answer, location: "westus"}));
  const {status, stdout} = conform(fileOf("other.json", conform("record", events).stdout));
  assert.equal(
    stdout,
    `dns:
  create resources:ResourceGroup group: location is "westus" in the answer; the stand-in gives "eastus2"
Steps: 1; where they differ: 1. What it means: docs/stand-in.md
`,
  );
  assert.equal(status, 1);
});

const bad: Record<string, {args: () => string[]; says: RegExp; status: number}> = {
  nothing: {args: () => [], says: /^no file was given; name a recording\n/, status: 2},
  "nothing to record": {args: () => ["record"], says: /^no file was given; name what/, status: 2},
  "two recordings": {args: () => ["a", "b"], says: /^there is one recording at a time/, status: 2},
  "events without a step": {
    args: () => ["record", fileOf("none", "Previewing update (dns)\n")],
    says: /none: no step is in there; write with pulumi up /,
    status: 1,
  },
  "a file that is no JSON": {
    args: () => [fileOf("text", "hello")],
    says: /text is no recording; make it anew .*\n✖ /,
    status: 1,
  },
  "a recording of another form": {
    args: () => [fileOf("form.json", `{"format": "meridian-recording-2", "at": 0, "steps": [{}]}`)],
    says: /form\.json is no recording; .*\n✖ [\s\S]*→ at format[\s\S]*→ at steps\[0\]\.urn/,
    status: 1,
  },
};

for (const [what, {args, says, status}] of Object.entries(bad))
  test(`refused: ${what}`, () => {
    const said = conform(...args());
    assert.deepEqual([said.status, said.stdout], [status, ""]);
    assert.match(said.stderr, says);
  });
