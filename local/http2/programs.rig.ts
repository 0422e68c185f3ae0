import {execFile} from "node:child_process";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {connect} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {TestContext} from "node:test";
import {setDefaultCACertificates} from "node:tls";
import {createAuthority} from "../../cloud/certs.ts";
import {until} from "../../setup/until.ts";
import {freeAddress} from "../edge/edge.rig.ts";
import {startProcess} from "../world/process.ts";

/** For tours: other people's programs, which are here or not. */

/** Why the tests that need them do not run, said aloud; false where they do. */
export function skipWithout(program: string | undefined, name: string, mend: string) {
  if (program) return false;
  const why = `NOT RUN: there is no ${name}. Mend: ${mend}`;
  console.log(why);
  return why;
}

export const aptGet = (name: string): string => `apt-get install ${name}`;

/** Runs one to its end, whatever its exit code. */
export function run(
  program: string,
  args: readonly string[],
): Promise<{stdout: string; stderr: string; code: number}> {
  return new Promise((resolve) => {
    const options = {maxBuffer: 64 << 20, timeout: RUN_MS};
    execFile(program, args, options, (error, stdout, stderr) =>
      resolve({stdout, stderr, code: error ? Number(error.code ?? -1) : 0}),
    );
  });
}
const RUN_MS = 60_000;

export function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "http2-"));
  t.after(() => rmSync(folder, {recursive: true}));
  return folder;
}

export interface Peer {
  readonly origin: string;
  signal(name: NodeJS.Signals): void;
}

export interface Place {
  readonly address: string;
  readonly port: number;
  readonly folder: string;
  /** A file of PEM with chain and key, where it is to take TLS. */
  readonly certificate: string | undefined;
}

const PORT = 8443;

/** Starts a server at an address of its own; resolves once it listens. This process trusts its certificate. */
export async function startPeer(
  t: TestContext,
  {command, args, secure}: {command: string; args: (place: Place) => string[]; secure: boolean},
): Promise<Peer> {
  const folder = makeFolder(t);
  const address = freeAddress();
  const certificate = secure ? await issue(folder, address) : undefined;
  const given = args({address, port: PORT, folder, certificate});
  const peer = startProcess({command, args: given, cwd: folder, env: process.env});
  t.after(() => peer.stop(0));
  let ended = "";
  void peer.ended.then((how) => {
    ended = how;
  });
  await until(() => {
    if (ended) throw new Error(`${command} ended (${ended}): ${peer.lines.join("\n")}`);
    return listens(address);
  });
  return {
    origin: `${secure ? "https" : "http"}://${address}:${PORT}`,
    signal: (name) => void peer.child.kill(name),
  };
}

async function issue(folder: string, address: string): Promise<string> {
  const authority = await createAuthority();
  setDefaultCACertificates([authority.pem]);
  const {certificate, key} = await authority.issue([address]);
  const file = join(folder, "tls.pem");
  writeFileSync(file, `${certificate}\n${key}\n`, {mode: 0o600});
  return file;
}

function listens(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(PORT, address);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
