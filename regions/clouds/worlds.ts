import {fileURLToPath} from "node:url";
import {parseWorld, readWorld} from "../read.ts";
import type {World} from "../world.ts";

/** A world in each cloud but the public one, for tests. */

/** Two regions with accounts, and one in a location without Azure OpenAI. */
export const governmentWorld: World = readWorld(
  fileURLToPath(new URL("../../examples/government.yaml", import.meta.url)),
);

/** In China nothing is sold: models are on machines of one's own. */
export const chinaWorld: World = parseWorld(`service:
  name: meridian
  hostname: completions.example.com
  zone: example.com
  cloud: china
  objective: {success: 99.5%, firstByte: 1500ms}
  tokens: {exchange: {kind: github, organizations: [acme]}}
models:
  coder: {host: url, model: qwen-coder, template: qwen}
defaults:
  cluster: {nodes: 3-12, size: Standard_D4ds_v5}
  proxies: 3-30
regions:
  chinaeast2: {hosts: [{model: coder, url: "https://coder.chinaeast2.example.com"}]}
  chinanorth3: {hosts: [{model: coder, url: "https://coder.chinanorth3.example.com"}]}
`);
