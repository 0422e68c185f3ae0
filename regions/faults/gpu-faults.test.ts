import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {fileWith} from "../fixture.ts";
import {parseWorld} from "../read.ts";
import {warningsOf} from "../warnings.ts";
import type {World} from "../world.ts";
import {WorldError} from "../world-error.ts";

const hash = (digit: string) => `sha256:${digit.repeat(64)}`;
const weights = (path = "coder/7b", digit = "a") => `{path: ${path}, manifest: "${hash(digit)}"}`;
const gpu = (more = "", size = "Standard_NC24ads_A100_v4") =>
  `gpu: {weights: ${weights()}, size: ${size}, replicas: 1-4${more}}`;
const own = (said: string) => `own: {host: gpu, model: qwen, ${said}}`;
const good = own(`template: qwen, ${gpu()}`);

const refused: Record<string, [given: Parameters<typeof fileWith>[0], fault: string]> = {
  "no gpu and no template": [
    {models: "own: {host: gpu, model: qwen}"},
    `11:3 models.own: has no gpu; say its weights, size and replicas there
  - 11:3 models.own: has no template, and vLLM takes no text after the gap; name that of its family, or write api: chat`,
  ],
  "a template under another name, told once": [
    {models: own(`tempalte: qwen, ${gpu()}`)},
    '11:33 models.own.tempalte: "tempalte" is not a key here; did you mean "template"?',
  ],
  "a template that there is not": [
    {models: own(`template: qwem, ${gpu()}`)},
    '11:33 models.own.template: "qwem" is not known; did you mean "qwen"?',
  ],
  "gpu of a model that is elsewhere": [
    {models: `own: {host: url, model: qwen, ${gpu()}}`},
    "11:33 models.own.gpu: belongs to models with host: gpu; write that, or remove it",
  ],
  "a version, and what vLLM is not asked by": [
    {models: own(`version: "1", api: infill, ${gpu()}`)},
    `11:33 models.own.version: belongs to models that Azure hosts; remove it
  - 11:47 models.own.api: is infill, which vLLM is not asked by here; write completions or chat`,
  ],
  "a model on GPUs among deployments and hosts": [
    {
      models: good,
      region:
        '{deployments: [{model: own, sku: Standard, capacity: 1}], hosts: [{model: own, url: "https://h.example.com"}]}',
    },
    `18:28 regions.eastus2.deployments.0.model: "own" is on GPUs of your own; say its replicas under gpus, and remove it here
  - 18:79 regions.eastus2.hosts.0.model: "own" is on GPUs of your own; say its replicas under gpus, and remove it here`,
  ],
  "gpus of what is no model on GPUs": [
    {
      models: good,
      defaults: "gpus: {codex: {replicas: 1-2}}",
      region: "{gpus: {ownn: {spot: true}}}",
    },
    `16:10 defaults.gpus.codex: "codex" is no model with host: gpu; remove it, or give it that host
  - 18:20 regions.eastus2.gpus.ownn: "ownn" is not a model; did you mean "own"?`,
  ],
  "sizes without a GPU": [
    {
      models: own(`template: qwen, ${gpu("", "Standard_D4ds_v5")}`),
      defaults: "gpus: {own: {size: Standard_NV28adms_V710_v5}}",
      region: "{gpus: {own: {size: NC24ads_A100_v4}}}",
    },
    `11:167 models.own.gpu.size: Standard_D4ds_v5 has no GPU; use one of Standard_NV36ads_A10_v5, Standard_NC24ads_A100_v4, Standard_NC40ads_H100_v5
  - 16:16 defaults.gpus.own.size: Standard_NV28adms_V710_v5 has no GPU of NVIDIA's, as vLLM needs; use one of Standard_NV36ads_A10_v5, Standard_NC24ads_A100_v4, Standard_NC40ads_H100_v5
  - 18:26 regions.eastus2.gpus.own.size: "NC24ads_A100_v4" is not Azure's name of a size; use one of Standard_NC16as_T4_v3, Standard_NC24ads_A100_v4, Standard_NC40ads_H100_v5, Standard_NC48ads_A100_v4, Standard_NC4as_T4_v3, Standard_NC64as_T4_v3, Standard_NC80adis_H100_v5, Standard_NC8as_T4_v3, Standard_NC96ads_A100_v4, Standard_NV12ads_A10_v5, Standard_NV18ads_A10_v5, Standard_NV36adms_A10_v5, … (15 in all)`,
  ],
  "a region that has no replicas and nothing else": [
    {models: good, region: "{deployments: [], gpus: {own: {replicas: 0}}}"},
    "18:3 regions.eastus2: serves nothing; give it deployments, hosts or a model on GPUs, here or in defaults",
  ],
  "arguments that are not to say": [
    {
      models: own(
        `template: qwen, ${gpu(", engine: {port: 8001, serv: x, trust-remote-code: true}")}`,
      ),
    },
    `11:223 models.own.gpu.engine.port: "port" is not yours to say: proxies and probes know where it listens; remove it
  - 11:235 models.own.gpu.engine.serv: "serv", which vLLM reads as served-model-name, is not yours to say: proxies ask for it by the model's name; remove it
  - 11:244 models.own.gpu.engine.trust-remote-code: "trust-remote-code" is not yours to say: it would run code that is not in the image; remove it`,
  ],
  "arguments out of bounds, in a region": [
    {
      models: good,
      region:
        '{gpus: {own: {engine: {max-num-seqs: 0, dtype: int8, gpu-memory-utilization: 1.5, quantization: ""}}}}',
    },
    `18:35 regions.eastus2.gpus.own.engine.max-num-seqs: is out of bounds; write a whole number, 1 or more
  - 18:52 regions.eastus2.gpus.own.engine.dtype: is no type that vLLM computes in; write one of auto, bfloat16, float16, float32, half, float
  - 18:65 regions.eastus2.gpus.own.engine.gpu-memory-utilization: is out of bounds; write a share of the GPU's memory: 0.9
  - 18:94 regions.eastus2.gpus.own.engine.quantization: is empty, is more than one line, or has blanks at its ends; write one line`,
  ],
  "two hashes of one folder": [
    {models: good, region: `{gpus: {own: {weights: ${weights("coder/7b", "b")}}}}`},
    "18:52 regions.eastus2.gpus.own.weights.manifest: is another hash than that of the same folder in models.own.gpu; put other weights into a folder of their own",
  ],
  "hosts that would be called as servers are": [
    {
      models: `x-1: {host: gpu, model: q, template: qwen, ${gpu()}}\n  gpu-x: {host: url, model: q}`,
    },
    "12:3 models.gpu-x: its hosts would be called as the servers of x-1 are; choose another name",
  ],
};

describe("faults of models on GPUs", () => {
  for (const [what, [given, fault]] of Object.entries(refused))
    test(what, () =>
      assert.throws(
        () => parseWorld(fileWith(given)),
        (error: Error) => {
          assert.equal(error.message, `regions.yaml is not valid:\n  - ${fault}`);
          return true;
        },
      ),
    );
});

test("what a region says goes before the defaults, and both before the model", () => {
  const replicasOf = (region: string, defaults = "") =>
    parseWorld(fileWith({models: good, defaults, region})).regions[0]!.replicas;
  const model = {
    model: "own",
    weights: {container: "weights", path: "coder/7b", manifest: hash("a")},
    size: "Standard_NC24ads_A100_v4",
    count: {min: 1, max: 4},
    spot: false,
    engine: {},
  };
  assert.deepEqual(replicasOf("{}"), [model]);
  assert.deepEqual(
    replicasOf("{gpus: {own: {replicas: 2-2}}}", "gpus: {own: {replicas: 3-3, spot: true}}"),
    [{...model, count: {min: 2, max: 2}, spot: true}],
  );
  assert.deepEqual(replicasOf("{gpus: {own: {replicas: 0}}}"), []);
  const alone = parseWorld(fileWith({models: good, region: "{deployments: []}"})).regions[0]!;
  assert.deepEqual([alone.deployments, alone.hosts, alone.replicas], [[], [], [model]]);
});

/** Mostly the first, or else any of the others; undefined: nothing. */
const mostly = (good: unknown, ...others: unknown[]) =>
  fc.oneof(
    {weight: 9, arbitrary: fc.constant(good)},
    {weight: 1, arbitrary: fc.constantFrom(...others)},
  );
const settings = {
  size: mostly("Standard_NC24ads_A100_v4", "Standard_ND1x_v9", "Standard_D4ds_v5", "", "x", 7),
  replicas: mostly("1-4", 0, "0-1", "4-1", "1-99", 3, {}, true),
  spot: mostly(true, false, undefined, "yes"),
  engine: mostly({"max-num-seqs": 8}, {}, {port: 1}, {"max-model-len": "x"}, {A: 1}, "x", [1]),
};
const [one, other] = ["a", "b"].map((digit) => ({path: "a/b", manifest: hash(digit)}));
const weighed = mostly(one, undefined, other, {path: "/"}, {container: "x", storage: "y"}, [], "w");
const gpus = fc.option(
  fc.dictionary(
    fc.oneof({weight: 9, arbitrary: fc.constant("m")}, fc.constantFrom("codex", "nn")),
    fc.record(settings, {requiredKeys: []}),
    {maxKeys: 1},
  ),
  {nil: undefined},
);
const model = fc.record({
  host: mostly("gpu", "url", "azure", undefined, "cpu"),
  model: mostly("qwen", "gpt-5.6-luna", undefined, 1),
  version: mostly(undefined, "1", 1),
  api: mostly(undefined, "completions", "chat", "responses", "mistral", "infill", "x"),
  template: mostly("qwen", undefined, "qwem", 1),
  gpu: fc.option(fc.record({weights: weighed, ...settings}), {nil: undefined, freq: 9}),
  overflow: mostly(undefined, "codex", "m", "none"),
  balance: mostly(undefined, "load", "weight", "x"),
  hedge: mostly(undefined, "2%", "200%", 0.02),
});
const deployments = fc.option(
  fc.array(
    fc.record({
      model: mostly("codex", "m", undefined, "nn"),
      sku: fc.constantFrom("Standard", "GlobalStandard"),
      capacity: fc.constant(1),
      priority: mostly(undefined, 1, 2, 10),
    }),
    {maxLength: 2},
  ),
  {nil: undefined},
);

const FAULT = /^ {2}- [1-9]\d*:[1-9]\d* (\S.*: )?\S.*([;,] \S.*|\?|: \S.*)$/;
const RAW = /undefined|\[object|Invalid|\bexpected\b|\breceived\b/;

function worldOrFaults(text: string): World | undefined {
  try {
    return parseWorld(text);
  } catch (error) {
    assert.ok(error instanceof WorldError, `${text}\n${error}`);
    for (const line of error.message.split("\n").slice(1)) {
      assert.match(line, FAULT, text);
      assert.doesNotMatch(line, RAW, text);
    }
    return undefined;
  }
}

test("a model of any host with any of these keys is completed or refused with the mend", () => {
  let completed = 0;
  const parts = fc.record({model, defaults: gpus, region: gpus, deployments});
  fc.assert(
    fc.property(parts, ({model, defaults, region, deployments}) => {
      const text = fileWith({
        models: `m: ${JSON.stringify(model)}`,
        ...(defaults && {defaults: `gpus: ${JSON.stringify(defaults)}`}),
        region: JSON.stringify({gpus: region, deployments}),
      });
      const world = worldOrFaults(text);
      if (world === undefined) return;
      completed += 1;
      warningsOf(world, 0);
      for (const {deployments, hosts, replicas} of world.regions) {
        assert.ok(deployments.length + hosts.length + replicas.length > 0, text);
        for (const {model, count} of replicas) {
          assert.equal(world.models[model]?.host, "gpu", text);
          assert.ok(count.min >= 1 && count.max >= count.min, text);
        }
      }
    }),
    {numRuns: 300, seed: 20},
  );
  assert.ok(completed > 20 && completed < 280, `${completed} were good`);
});
