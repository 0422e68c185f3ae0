import {once} from "node:events";
import {connect} from "node:net";
import {greeting} from "../../frames.ts";
import {PREFACE} from "../wire.ts";

/**
 * A process of its own, so that what is held of its connections is the server's alone: opens as many as it is told to,
 * says no more than it must on any, tells when all are greeted, and holds them until it is ended.
 */
const AT_ONCE = 250;
const [port, count] = process.argv.slice(2).map(Number) as [number, number];

for (let open = 0; open < count; open += AT_ONCE)
  await Promise.all(Array.from({length: Math.min(AT_ONCE, count - open)}, openIdle));
process.send?.("open");

async function openIdle() {
  const socket = connect(port, "127.0.0.1");
  socket.write(Buffer.concat([PREFACE, greeting()]));
  await once(socket, "data");
}
