import assert from "node:assert/strict";
import {test} from "node:test";
import {fileWith} from "../fixture.ts";
import {parseWorld} from "../read.ts";
import {gpuSizeFault, gpuSizes, gpuSizeWarning} from "./sizes.ts";
import {gpuWarnings} from "./warnings.ts";

const own = (size: string, more = "") =>
  `own: {host: gpu, model: qwen, template: qwen, ${more}gpu: {weights: {path: a, manifest: "sha256:${"a".repeat(64)}"}, size: ${size}, replicas: 1-4, spot: true}}`;
const warned = (given: Parameters<typeof fileWith>[0]) => gpuWarnings(parseWorld(fileWith(given)));
const A100 = "Standard_NC24ads_A100_v4";

test("spot alone is told once for all regions, and not where another model takes over", () => {
  const regions = "{}\n  westus3: {}";
  assert.deepEqual(warned({models: own(A100), region: regions}), [
    "models.own: in eastus2, westus3 it is on spot machines alone, which Azure takes back at 30 s notice; name a model under overflow that the region serves too, or leave spot out",
  ]);
  assert.deepEqual(warned({models: own(A100, "overflow: codex, "), region: regions}), []);
  const elsewhere = warned({
    models: own(A100, "overflow: codex, "),
    region: "{}\n  westus3: {deployments: []}",
  });
  assert.match(elsewhere.join("\n"), /^models\.own: in westus3 it is on spot machines alone/);
});

test("sizes that are not known, or have more than a server uses, are told", () => {
  const overflow = "overflow: codex, ";
  assert.deepEqual(
    ["Standard_NC24ads_A100_v5", "Standard_NC96ads_A100_v4"].flatMap((size) =>
      warned({models: own(size, overflow)}),
    ),
    [
      'GPUs of eastus2: Standard_NC24ads_A100_v5 is not known here; did you mean "Standard_NC24ads_A100_v4"? Or ask Azure by npm run preflight',
      "GPUs of eastus2: Standard_NC96ads_A100_v4 has 4 GPUs, of which a server uses one; choose a size with one, such as Standard_NC24ads_A100_v4",
    ],
  );
});

test("every size that is known may be written, and is warned of for its number of GPUs alone", () => {
  for (const [size, {gpus}] of Object.entries(gpuSizes)) {
    assert.equal(gpuSizeFault(size), undefined, size);
    assert.equal(gpuSizeWarning(size) === undefined, gpus === 1, size);
  }
});

test("load and hedges are for several hosts", () => {
  const codex = (more: string, second = "") =>
    gpuWarnings(
      parseWorld(
        fileWith({
          region: `{deployments: [{model: codex, sku: Standard, capacity: 1}${second}]}`,
        }).replace('"0914"}', `"0914", ${more}}`),
      ),
    );
  assert.deepEqual(codex("balance: load, hedge: 2%"), [
    "models.codex: balance and hedge are for models with several hosts in a region, and it has one; leave them out, or add a deployment",
  ]);
  assert.deepEqual(codex("balance: weight"), []);
  assert.deepEqual(codex("hedge: 2%", ", {model: codex, sku: GlobalStandard, capacity: 1}"), []);
});
