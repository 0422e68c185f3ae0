/** Loaded first into every Node process of a pod: its network, and its end. */
import type {Socket} from "node:net";
import "./network.ts";

// The world's own process is at the other end; without it there is nothing to serve.
process.stdin.on("end", () => process.exit(0)).resume();
(process.stdin as unknown as Socket).unref?.();
