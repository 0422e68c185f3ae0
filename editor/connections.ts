import type {DnsFollower} from "./dns.ts";
import type {Wire} from "./wire.ts";

/** An editor's connections to the service. */
export interface Connections {
  /** One that is open and, on stack 1, has nothing under way; a new one if there is none such. */
  free(stack: 1 | 2): Wire;
  /** Leaves those that lead elsewhere than DNS says. Rejects where DNS does not answer. */
  follow(): Promise<void>;
  /** Times a ping on the latest. Rejects where that is lost. */
  roundTripMs(): Promise<number>;
  /** How many have been opened since the start. */
  readonly opened: number;
  /** Where the open ones lead. */
  readonly addresses: readonly string[];
  /** Closes all once their requests have ended; the next request would open another. */
  close(): void;
}

export interface ConnectionsOptions {
  /** Opens a connection to the service. */
  readonly open: () => Wire;
  /** Given where connections are to be left as soon as DNS answers another address. */
  readonly dns?: Pick<DnsFollower, "address"> | undefined;
}

export function createConnections({open, dns}: ConnectionsOptions): Connections {
  let wires: Wire[] = [];
  let opened = 0;

  function free(stack: 1 | 2): Wire {
    wires = wires.filter(({isOpen}) => isOpen);
    const found = wires.find(({underWay}) => stack === 2 || underWay === 0);
    if (found) return found;
    const wire = open();
    opened++;
    wires.push(wire);
    return wire;
  }

  async function follow(): Promise<void> {
    const wanted = await dns?.address();
    for (const {address, close} of wires)
      if (wanted !== undefined && address !== undefined && address !== wanted) close();
  }

  return {
    free,
    follow,
    roundTripMs: () => wires.at(-1)?.roundTripMs() ?? Promise.reject(new Error("not connected")),
    get opened() {
      return opened;
    },
    get addresses() {
      return wires.flatMap(({isOpen, address}) => (isOpen && address ? [address] : []));
    },
    close: () => {
      for (const {close} of wires) close();
    },
  };
}
