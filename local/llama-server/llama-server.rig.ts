import {writeFileSync} from "node:fs";
import {join} from "node:path";
import {freeAddress} from "../edge/edge.rig.ts";
import {startProcess} from "../world/process.ts";

/** For tests: llama.cpp's real server. */
export interface LlamaServer {
  readonly url: string;
  /** What each of its slots does, or did last. */
  slots(): Promise<Slot[]>;
  /** Whether it serves: until its model is loaded it answers 503. */
  health(): Promise<number | undefined>;
  /** Its last lines, for when it fails. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** tools/server/server-context.cpp, `server_slot::to_json`. */
export interface Slot {
  readonly id: number;
  readonly id_task: number;
  readonly is_processing: boolean;
  /** As its tokens read, signs included. */
  readonly prompt: string;
  readonly params: {readonly n_predict: number; readonly stop: readonly string[]};
  readonly next_token: readonly [{readonly n_decoded: number}];
}

const PORT = 8080;
/** Tokens of each slot: no answer reaches its end while a test runs. */
const CONTEXT = 1 << 16;
const SLOTS = 2;

/** Starts it with a file of a model; it need not be loaded yet when this returns. */
export function startLlamaServer(program: string, folder: string, model: Buffer): LlamaServer {
  const file = join(folder, "model.gguf");
  writeFileSync(file, model);
  const host = freeAddress();
  const url = `http://${host}:${PORT}`;
  const args = `--model ${file} --host ${host} --port ${PORT} --parallel ${SLOTS}
    --ctx-size ${SLOTS * CONTEXT} --threads 1 --offline`.split(/\s+/);
  // Has it show prompts in its slots.
  const env = {PATH: process.env.PATH, HOME: folder, LLAMA_SERVER_SLOTS_DEBUG: "1"};
  const running = startProcess({command: program, args, env, cwd: folder});
  return {
    url,
    lines: running.lines,
    slots: async () => (await (await fetch(`${url}/slots`)).json()) as Slot[],
    health: async () => (await fetch(`${url}/health`).catch(() => undefined))?.status,
    stop: () => running.stop(5000),
  };
}
