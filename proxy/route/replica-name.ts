/** What stands between an upstream's name and the address of one of its replicas; no name of the policy's has it. */
const SIGN = "@";

/** What one replica of an upstream is called: `gpu-coder@10.1.2.3`. */
export const replicaName = (upstream: string, address: string): string =>
  `${upstream}${SIGN}${address}`;

/** The upstream, as the policy names it, that a replica is of; itself where it is none. */
export const upstreamOf = (name: string): string => name.split(SIGN, 1)[0]!;
