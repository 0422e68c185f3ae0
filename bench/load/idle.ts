import {connect, type Socket} from "node:net";
import {connect as connectTls} from "node:tls";
import {frame, preface} from "../../proxy/frames.ts";
import {createFrameReader} from "../../proxy/http2/frame-reader.ts";
import {ACK, PING, SETTINGS} from "../../proxy/http2/wire.ts";
import type {Cell, Figures} from "../measures.ts";
import {residentMb} from "../proc.ts";
import type {Aim, Client} from "./asked.ts";
import {spinUntil} from "./pace.ts";
import {firstByte} from "./wait.ts";

/** At once, below the backlog of a listening socket. */
const AT_ONCE = 100;
const GREETED_WITHIN_MS = 10_000;

/** What others wait, and memory, while a target holds connections open on which nobody asks anything. */
export async function attacks(client: Client, cell: Cell): Promise<Figures> {
  const {idle: count = 0, settleS} = cell.size;
  const before = await firstByte(client, cell);
  const mb = residentMb(cell.pids);
  const idle = await holdIdle(cell, count);
  await spinUntil(() => false, settleS * 1000);
  const connectionKb = ((residentMb(cell.pids) - mb) * 1000) / idle.held;
  const {failed, ...waits} = await firstByte(client, cell);
  return {
    ...waits,
    failed: (failed ?? 0) + (before.failed ?? 0),
    p50Before: before.p50,
    p99Before: before.p99,
    idle: idle.held,
    connectionKb,
  };
}

/** Opens them, each as a client does: what is held has been greeted, and was not closed since. */
async function holdIdle(aim: Pick<Aim, "origin" | "authority" | "http1">, count: number) {
  let [held, ended] = [0, 0];
  for (let opened = 0; opened < count; ) {
    for (let socket = 0; socket < AT_ONCE && opened < count; socket++, opened++)
      greet(
        open(aim),
        aim.http1,
        () => held++,
        () => ended++,
      );
    await spinUntil(() => held + ended >= opened, GREETED_WITHIN_MS);
  }
  return {
    get held() {
      return held - ended;
    },
  };
}

function open({origin, authority: ca}: Pick<Aim, "origin" | "authority">): Socket {
  const {hostname: host, port} = new URL(origin);
  if (ca === undefined) return connect({host, port: Number(port)});
  return connectTls({host, port: Number(port), ca, ALPNProtocols: ["h2"]});
}

/** Speaks as much as it takes to be let be: nothing, where it is HTTP/1.1. */
function greet(socket: Socket, http1: boolean, greeted: () => void, ended: () => void) {
  socket.on("error", () => {});
  socket.on("close", ended);
  if (http1) return void socket.on("connect", greeted);
  let isGreeted = false;
  const read = createFrameReader((type, flags, _, bytes, start, end) => {
    if (flags & ACK) return true;
    if (type === PING) socket.write(frame(PING, ACK, 0, bytes.subarray(start, end)));
    if (type !== SETTINGS) return true;
    socket.write(frame(SETTINGS, ACK, 0, NOTHING));
    if (!isGreeted) greeted();
    isGreeted = true;
    return true;
  });
  socket.on("data", read);
  socket.write(preface());
}

const NOTHING = Buffer.alloc(0);
