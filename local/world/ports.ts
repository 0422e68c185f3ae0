import {listenersAt, listenFault} from "../../setup/doctor/ports.js";

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

/** Anything else that stands in the way is told when the port is used. */
const isTaken = async ({host, port}: Wanted): Promise<boolean> =>
  (await listenFault(host, port)) === "EADDRINUSE";

/** Where the world serves a port: those under 1024 are not for a laptop's user to listen on. */
export const publicPort = (port: number): number => (port < 1024 ? port + 8000 : port);
