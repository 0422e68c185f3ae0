import {join} from "node:path";
import type {TestContext} from "node:test";
import {fileURLToPath} from "node:url";
import {findProgram} from "../../setup/programs.js";
import {makeFolder, run, skipWithout} from "./programs.rig.ts";

const go = findProgram("go");

export const skipGo = skipWithout(go, "go", "install Go 1.25 or newer from go.dev/dl");

/** Go's own HTTP/2, as client or server; resolves to the program. */
export async function buildGoPeer(t: TestContext): Promise<string> {
  const program = join(makeFolder(t), "peer");
  const source = fileURLToPath(new URL("peer.go", import.meta.url));
  const {code, stderr} = await run(go!, ["build", "-o", program, source]);
  if (code !== 0) throw new Error(`go build: ${stderr}`);
  return program;
}
