import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {fetchGateway, gatewayOrder} from "./gateways.ts";
import {MODELS} from "./load/host.ts";

const written: Record<string, string> = {};
const stage = {
  write(path: string, text: string | Uint8Array) {
    written[path] = `${text}`;
    return path;
  },
};
const ports = {listen: 1001, metrics: 1002, host: 1003};

for (const row of ["litellm", "vllm-router", "sglang-router"] as const)
  test(`${row} and all that it needs are pinned, and it listens on loopback alone`, () => {
    const lines = readFileSync(new URL(`gateways/${row}.txt`, import.meta.url), "utf8").trim();
    const loose = lines.split("\n").filter((line) => !/^[\w.-]+==[\w.]+$/.test(line));
    assert.deepEqual(loose, []);
    assert.match(lines, new RegExp(`^${row}==`, "m"));
    const {args} = gatewayOrder(row, stage, ports);
    assert.match(args.join(" "), /--host 127\.0\.0\.1 --port 1001/);
  });

test("LiteLLM is told of every model of the host", () => {
  gatewayOrder("litellm", stage, ports);
  const {model_list} = JSON.parse(written["litellm.json"] ?? "");
  assert.deepEqual(
    model_list.map(({model_name}: {model_name: string}) => model_name),
    MODELS,
  );
});

test("a gateway that does not relay says why, and how to see it", () => {
  assert.match(fetchGateway("portkey") ?? "", /with 500.*npm install --prefix/);
});
