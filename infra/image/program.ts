/**
 * What Node is told to run as a proxy. V8 compiles and collects on threads beside the one that serves, by Node's choice
 * four of them; where they share its core, each takes its turn, and requests stand still for as long: one does. V8 sizes
 * its young generation by the memory that there is: in a pod of 512 MB it collects it at every few hundred requests, which
 * costs a tenth of their CPU, and where there is much it keeps more than a proxy has any use for.
 */
export const PROXY_ARGS = ["--v8-pool-size=1", "--max-semi-space-size=8", "main.js"] as const;
