import * as fs from "node:fs";
import {listenersAt, listenFault} from "./ports.js";

/** @typedef {import("./findings.js").Finding} Finding */

/** npm's packages, Envoy, and what a world writes. */
const NEEDED_GB = 2;
/** The page of `npm start`, on 127.0.0.1; and DNS, TLS and the issuer of a world, on addresses of its own. */
const PORTS = /** @type {const} */ ([
  ["127.0.0.1", 8088, "npm start -- --console-port N"],
  ["127.0.0.1", 8053, undefined],
  ["127.0.0.1", 8443, undefined],
  ["127.0.0.1", 8444, undefined],
]);

/**
 * Of the disk, of addresses and ports.
 *
 * @param {string} root
 * @returns {Promise<Finding[]>}
 */
export async function roomOf(root) {
  return [disk(root), await loopback(), ...(await ports())];
}

/**
 * @param {string} root
 * @returns {Finding}
 */
function disk(root) {
  if (!fs.statfsSync) return {what: "disk", how: "ok", text: "not asked: this Node is too old to"};
  const {bavail, bsize} = fs.statfsSync(root);
  const free = (bavail * bsize) / 1e9;
  const text = `${free.toFixed(1)} GB free`;
  if (free >= NEEDED_GB) return {what: "disk", how: "ok", text};
  return {
    what: "disk",
    how: "lacks",
    text: `${text}; packages and Envoy take up to ${NEEDED_GB}`,
    mend: "make room",
  };
}

/** @returns {Promise<Finding>} */
async function loopback() {
  const fault = await listenFault("127.1.0.1", 0);
  if (!fault) return {what: "loopback", how: "ok", text: "all of 127.0.0.0/8"};
  return {
    what: "loopback",
    how: "lacks",
    text: "127.0.0.1 alone; npm start needs some fifty more, and all else does without",
    mend:
      process.platform === "linux"
        ? "sudo ip link set lo up"
        : "npm start prints the one command that adds them",
  };
}

/** @returns {Promise<Finding[]>} */
async function ports() {
  const found = await Promise.all(
    PORTS.map(async ([host, port, mend]) => ({port, mend, fault: await listenFault(host, port)})),
  );
  const taken = found.filter(({fault}) => fault === "EADDRINUSE");
  if (taken.length === 0)
    return [
      {what: "ports", how: "ok", text: `${PORTS.map(([, port]) => port).join(", ")} are free`},
    ];
  return taken.map(({port, mend}) => ({
    what: `port ${port}`,
    how: "lacks",
    text: mend
      ? "is taken; npm start wants it for its page"
      : "is taken on 127.0.0.1; npm start needs it on addresses beside it, unless what has it is there alone",
    mend: `see what has it: ${listenersAt(port)}${mend ? `; or take another: ${mend}` : ""}`,
  }));
}
