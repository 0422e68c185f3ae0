/**
 * What Node is told to run as a proxy. V8 sizes its young generation by the memory that there is: in a pod of 512 MB it
 * collects it at every few hundred requests, which costs a tenth of their CPU, and where there is much it keeps more
 * than a proxy has any use for.
 */
export const PROXY_ARGS = ["--max-semi-space-size=8", "main.js"] as const;
