import {type AddressInfo, connect, createServer} from "node:net";
import {setTimeout as sleep} from "node:timers/promises";
import type {Process} from "../local/world/process.ts";
import type {Children} from "./children.ts";
import type {Hosts} from "./measures.ts";
import type {Stage} from "./stage.ts";

export interface Target {
  readonly origin: string;
  /** PEM of who signed its certificate; none where it speaks cleartext. */
  readonly authority: string | undefined;
  /** It speaks HTTP/1.1 alone. */
  readonly http1: boolean;
  readonly pids: readonly number[];
  /** Where it tells its longest pauses, if it was started to. */
  readonly pauses?: string;
  stop(): Promise<void>;
  /** Stops it as its image is stopped where another takes its place; resolves once it is gone. */
  retire(): Promise<void>;
}

export interface Place {
  readonly stage: Stage;
  readonly children: Children;
  readonly core: number | undefined;
  readonly hosts: Hosts;
  /** Node's own options, for a proxy that is profiled. */
  readonly nodeArgs?: readonly string[] | undefined;
  /** Whether a proxy is to tell its longest pauses. */
  readonly pauses?: boolean | undefined;
}

interface Launch {
  readonly env?: Readonly<Record<string, string>>;
  /** How its image is stopped. */
  readonly retiredBy?: NodeJS.Signals;
}

/** Starts a target; resolves once it listens. */
export async function launch(
  {stage, children, core}: Place,
  port: number,
  command: string,
  args: readonly string[],
  {env = {}, retiredBy = "SIGTERM"}: Launch = {},
): Promise<Target> {
  const running = children.start({command, args, cwd: stage.folder, core, env});
  await listening(running, port, command);
  return {
    origin: `http://127.0.0.1:${port}`,
    authority: undefined,
    http1: false,
    pids: [running.pid],
    stop: () => children.stop(running),
    retire: () => children.retire(running, retiredBy),
  };
}

const LISTENS_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;

async function listening(running: Process, port: number, command: string): Promise<void> {
  let ended: string | undefined;
  void running.ended.then((how) => {
    ended = how;
  });
  for (const endMs = Date.now() + LISTENS_WITHIN_MS; !(await isOpen(port)); ) {
    if (ended || Date.now() > endMs)
      throw new Error(`${command}: ${ended ?? "does not listen"}: ${running.lines.join("\n")}`);
    await sleep(LOOK_EVERY_MS);
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/** HAProxy and Envoy are told their port: one that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
