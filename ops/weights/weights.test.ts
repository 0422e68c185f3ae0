import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {createHash} from "node:crypto";
import {mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {fileURLToPath} from "node:url";
import fc from "fast-check";
import {parseDocument} from "yaml";
import {modelTemplate, signsOf} from "../../proxy/policy.ts";
import {fileWith} from "../../regions/fixture.ts";
import {mapping} from "../../regions/meaning.ts";
import {parseWorld} from "../../regions/read.ts";
import type {GpuModel} from "../../regions/world.ts";
import {folderFaults} from "./faults.ts";
import {filesIn} from "./folder.ts";
import {differences, type Manifest} from "./manifest.ts";
import {fittingTemplates, tokensIn, unknownSigns} from "./templates.ts";

/** A file of safetensors with one tensor of so many bytes. */
function tensors(bytes: number): Buffer {
  const header = Buffer.from(
    JSON.stringify({
      __metadata__: {format: "pt"},
      a: {dtype: "U8", shape: [bytes], data_offsets: [0, bytes]},
    }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(bytes, 7)]);
}

const tokenizer = (signs: readonly string[]) =>
  JSON.stringify({added_tokens: signs.map((content) => ({content})), model: {vocab: {a: 0}}});
const whole = {
  "config.json": '{"model_type": "qwen2"}',
  "tokenizer.json": tokenizer(signsOf("qwen").all),
  "model-1.safetensors": tensors(1000),
  "model.safetensors.index.json": '{"weight_map": {"a": "model-1.safetensors"}}',
  ".cache/huggingface/x.bin": "left beside it by a tool",
};

function folderOf(t: TestContext, files: Readonly<Record<string, string | Buffer | null>>): string {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  for (const [name, content] of Object.entries({...whole, ...files})) {
    if (content === null) continue;
    mkdirSync(join(folder, name, ".."), {recursive: true});
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

function weights(...args: string[]) {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const {status, stdout, stderr} = spawnSync(process.execPath, [main, ...args], {encoding: "utf8"});
  return {status, stdout, stderr};
}

const faulty: Record<string, [files: Parameters<typeof folderOf>[1], faults: RegExp[]]> = {
  "pickles, other kinds and programs": [
    {"pytorch_model.bin": "x", "sub/a.gguf": "x", "modeling.py": "x"},
    [
      /^modeling\.py is a program; /,
      /^pytorch_model\.bin is a pickle, .*; convert it to safetensors/,
      /^sub\/a\.gguf is of another kind than vLLM streams; /,
    ],
  ],
  "nothing of what it needs": [
    Object.fromEntries(Object.keys(whole).map((name) => [name, null])),
    [
      /^there are no files of safetensors; /,
      /^there is no config\.json; /,
      /^there is no tokenizer; /,
    ],
  ],
  "a download that broke off": [
    {"model-1.safetensors": tensors(1000).subarray(0, 700), "b.safetensors": Buffer.from("abc")},
    [
      /^b\.safetensors is no file of safetensors/,
      /^model-1\.safetensors has 700 bytes, and by its own beginning it is of 1\d\d\d; fetch it again$/,
    ],
  ],
  "pointers of Git LFS": [
    {"model-1.safetensors": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"},
    [/^model-1\.safetensors is a pointer of Git LFS/],
  ],
  "a part that its index names": [
    {
      "model.safetensors.index.json":
        '{"weight_map": {"a": "model-1.safetensors", "b": "b.safetensors"}}',
    },
    [/^b\.safetensors is not there, and model\.safetensors\.index\.json names it; /],
  ],
  "programs of the model's own": [
    {"config.json": '{"auto_map": {"AutoModel": "x.Y"}}'},
    [/^config\.json has auto_map: /],
  ],
  "what is no JSON": [
    {"config.json": "{", "model.safetensors.index.json": "[]"},
    [/^model\.safetensors\.index\.json is|^config\.json is no mapping/],
  ],
};

for (const [what, [files, expected]] of Object.entries(faulty))
  test(`refused: ${what}`, (t) => {
    const folder = folderOf(t, files);
    const faults = folderFaults(folder, filesIn(folder));
    assert.equal(faults.length, expected.length, faults.join("\n"));
    for (const [at, pattern] of expected.entries()) assert.match(faults[at]!, pattern);
  });

test("what it prints is a model of regions.yaml, of the hash of what it wrote", (t) => {
  const folder = folderOf(t, {});
  const {status, stdout, stderr} = weights(folder);
  assert.equal(status, 0, stderr);
  const manifest = readFileSync(join(folder, "manifest.json"));
  const hash = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
  const lines = stdout.split("\n").filter((line) => /^ {2}( |\S+:$)/.test(line));
  const [[name, model] = ["", {}]] = Object.entries(
    mapping(parseDocument(lines.join("\n")).toJS()),
  );
  const world = parseWorld(fileWith({models: `${name}: ${JSON.stringify(model)}`}));
  const {host, template} = world.models[name] as GpuModel;
  const [own] = world.regions[0]!.replicas;
  assert.deepEqual([host, template, own!.weights.manifest], ["gpu", "qwen", hash]);
  assert.ok(own!.weights.path.endsWith(`/${hash.slice(7, 15)}`), own!.weights.path);
  assert.deepEqual(
    (JSON.parse(manifest.toString()) as Manifest).files.map(({name}) => name),
    ["config.json", "model-1.safetensors", "model.safetensors.index.json", "tokenizer.json"],
  );
  assert.ok(stdout.indexOf("--recursive") < stdout.indexOf('/manifest.json"'), "the manifest last");
  assert.equal(weights(folder).stdout, stdout, "the same again");
});

test("a folder is checked against its manifest, and told where it is otherwise", (t) => {
  const folder = folderOf(t, {});
  assert.match(weights(folder, "--check").stderr, /manifest\.json is not there; run it without/);
  weights(folder);
  assert.equal(weights(folder, "--check").status, 0);
  writeFileSync(join(folder, "config.json"), '{"model_type": "qwen3"}');
  writeFileSync(join(folder, "more.json"), "{}");
  const {status, stderr} = weights(folder, "--check");
  assert.equal(status, 1);
  assert.match(
    stderr,
    /\n {2}- config\.json has other content\n {2}- more\.json is not in the manifest\n$/,
  );
});

test("a template that the tokenizer does not know is refused, and nothing is written", (t) => {
  const folder = folderOf(t, {});
  const {status, stderr} = weights(folder, "--template", "codestral");
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^--template codestral: its tokenizer does not know \[SUFFIX\], \[PREFIX\]; use one of qwen, codegemma\n$/,
  );
  assert.ok(!filesIn(folder).some(({name}) => name === "manifest.json"));
  assert.throws(() => readFileSync(join(folder, "manifest.json")));
});

test("every template fits the tokenizer that has its signs, wherever that writes them", (t) => {
  for (const template of modelTemplate.options) {
    const {all, gap} = signsOf(template);
    assert.ok(gap.length >= 2, template);
    const written = {
      "tokenizer.json": tokenizer(all.map((sign) => `▁${sign}`)),
      "tokenizer_config.json": JSON.stringify({
        added_tokens_decoder: Object.fromEntries(all.map((content, at) => [at, {content}])),
      }),
      "tekken.json": JSON.stringify({special_tokens: all.map((token_str) => ({token_str}))}),
    };
    for (const file of Object.keys(written) as (keyof typeof written)[]) {
      const folder = folderOf(t, {"tokenizer.json": tokenizer([]), [file]: written[file]});
      const tokens = tokensIn(folder, ["tokenizer.json", file])!;
      assert.deepEqual(unknownSigns(template, tokens), [], `${template} in ${file}`);
      const [first] = fittingTemplates(tokens);
      assert.deepEqual(signsOf(first!).gap.toSorted(), gap.toSorted(), template);
      tokens.delete(gap[0]!);
      assert.deepEqual(unknownSigns(template, tokens), [gap[0]]);
    }
  }
});

test("links count as what they lead to, as in the cache of the hub", (t) => {
  const folder = folderOf(t, {"model-1.safetensors": null, ".blobs/x": tensors(50)});
  symlinkSync(join(folder, ".blobs/x"), join(folder, "model-1.safetensors"));
  assert.deepEqual(folderFaults(folder, filesIn(folder)), []);
  rmSync(join(folder, ".blobs/x"));
  assert.throws(() => filesIn(folder), /model-1\.safetensors: is not there; /);
});

const files = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("a", "b", "c/d"),
    size: fc.nat(2),
    sha256: fc.constantFrom("0".repeat(64), "1".repeat(64)),
  }),
  {selector: ({name}) => name},
);

test("two manifests are told apart where, and only where, they differ", () => {
  fc.assert(
    fc.property(files, files, (a, b) => {
      const plain = (all: Manifest["files"]) =>
        JSON.stringify(all.toSorted((one, other) => one.name.localeCompare(other.name)));
      assert.equal(differences({files: a}, {files: b}).length === 0, plain(a) === plain(b));
    }),
    {seed: 20},
  );
});
