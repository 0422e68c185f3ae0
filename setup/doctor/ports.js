import {createServer} from "node:net";

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<string | undefined>} the code of what keeps a server from listening there
 */
export function listenFault(host, port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", (/** @type {NodeJS.ErrnoException} */ {code}) => resolve(code));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

/**
 * The command that tells who listens on a port.
 *
 * @param {number} port
 */
export const listenersAt = (port) =>
  process.platform === "linux" ? `ss -ltnp | grep ${port}` : `lsof -nP -iTCP:${port} -sTCP:LISTEN`;
