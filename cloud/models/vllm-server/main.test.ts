import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {once} from "node:events";
import {type TestContext, test} from "node:test";
import {fileURLToPath} from "node:url";
import {until} from "../../../setup/until.ts";

function start(t: TestContext, args: readonly string[]) {
  const program = fileURLToPath(new URL("main.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...args], {stdio: ["ignore", "pipe", "pipe"]});
  const ended = once(child, "exit").then(([code, signal]) => code ?? signal);
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  return {child, ended, said: () => said};
}

const SERVE = ["serve", "az://weights/coder", "--served-model-name", "coder"];

test("as a process it serves from its arguments, and a SIGTERM lets what is under way end", async (t) => {
  const host = ["--host", "127.0.0.1", "--port", "0"];
  const {child, ended, said} = start(t, [...SERVE, ...host, "--shutdown-timeout", "60"]);
  await until(() => said().includes("Started server process"), {withinMs: 30_000});
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(said())!;
  const answer = await fetch(`http://127.0.0.1:${port}/v1/completions`, {
    method: "POST",
    body: JSON.stringify({model: "coder", prompt: "for (const one of ", stream: true}),
  });
  child.kill("SIGTERM");
  assert.match(await answer.text(), /\[DONE\]\n\n$/);
  assert.equal(await ended, 0);
});

test("with an argument that vLLM does not know it ends before it serves", async (t) => {
  const {ended, said} = start(t, [...SERVE, "--fast"]);
  assert.equal(await ended, 2);
  assert.match(said(), /unrecognized arguments: --fast/);
});
