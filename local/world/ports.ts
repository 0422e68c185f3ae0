import {createServer} from "node:net";

/** A port that must be free. */
export interface Wanted {
  readonly host: string;
  readonly port: number;
  /** What helps beside stopping whoever has it. */
  readonly mend?: string;
}

/** Throws where others have some of the ports, with all of these and what mends each. */
export async function requirePorts(wanted: readonly Wanted[]): Promise<void> {
  const taken = await Promise.all(wanted.map(isTaken));
  const faults = wanted.filter((_, at) => taken[at]).map(faultOf);
  if (faults.length === 0) return;
  throw new Error(`ports that this needs are taken:\n${faults.join("\n")}`);
}

function faultOf({host, port, mend}: Wanted): string {
  const stop = `stop what listens there (${listenersAt(port)})`;
  return `  - ${host}:${port}: ${mend ? `${mend}, or ${stop}` : stop}`;
}

const listenersAt = (port: number) =>
  process.platform === "linux" ? `ss -ltnp | grep ${port}` : `lsof -nP -iTCP:${port} -sTCP:LISTEN`;

/** Anything else that stands in the way is told when the port is used. */
const isTaken = ({host, port}: Wanted): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.on("error", ({code}: NodeJS.ErrnoException) => resolve(code === "EADDRINUSE"));
    server.listen(port, host, () => server.close(() => resolve(false)));
  });

/** Where the world serves a port: those under 1024 are not for a laptop's user to listen on. */
export const publicPort = (port: number): number => (port < 1024 ? port + 8000 : port);
