import assert from "node:assert/strict";
import {test} from "node:test";
import {readArguments} from "./arguments.ts";

const weights = "az://weights/coder/7b";

test("what is not said is as vLLM has it; what is said is taken, in each way to write it", () => {
  const {batch, ...served} = readArguments(["serve", weights]);
  assert.deepEqual(
    [served.name, served.port, served.shutdownMs, batch.sequences, batch.policy, batch.caching],
    [weights, 8000, 0, 256, "fcfs", true],
  );
  const all = readArguments([
    ...["serve", weights, "--served-model-name", "coder", "--port=8001", "--max_num_seqs", "32"],
    ...["--scheduling-policy", "priority", "--no-enable-prefix-caching", "--max-model-len", "8k"],
    ...["--shutdown-timeout", "30", "--dtype", "bfloat16", "--disable-uvicorn-access-log"],
  ]);
  assert.deepEqual(
    [all.name, all.port, all.batch.sequences, all.batch.policy, all.batch.caching, all.maxLength],
    ["coder", 8001, 32, "priority", false, 8000],
  );
  assert.equal(all.shutdownMs, 30_000);
});

const refused: Record<string, [args: string[], message: RegExp]> = {
  "what vLLM does not know, all of it": [
    ["serve", weights, "--max-seqs", "1", "--fast"],
    /^vllm: error: unrecognized arguments: --max-seqs --fast 1$/,
  ],
  "no command": [["run", weights], /argument \{serve\}/],
  "no weights": [["serve"], /required: model_tag/],
  "a policy it has not": [
    ["serve", weights, "--scheduling-policy", "lifo"],
    /invalid choice: 'lifo'/,
  ],
  "a word for a number": [
    ["serve", weights, "--max-num-seqs", "many"],
    /invalid int value: 'many'/,
  ],
  "a sequence longer than its memory": [
    ["serve", weights, "--num-gpu-blocks-override", "10"],
    /max seq len \(32768\).*160 tokens/,
  ],
};
for (const [what, [args, message]] of Object.entries(refused))
  test(`${what} is refused`, () => assert.throws(() => readArguments(args), {message}));
