import {parseWorld} from "../read.ts";
import type {World} from "../world.ts";

/** One world in each cloud but the public one, as an engineer writes it: for tests and for what is rendered. */

const service = (cloud: string) => `service:
  name: meridian
  hostname: completions.example.com
  zone: example.com
  cloud: ${cloud}
  objective: {success: 99.5%, firstByte: 1500ms}
  tokens: {exchange: {kind: github, organizations: [acme]}}
`;
const defaults = `defaults:
  cluster: {nodes: 3-12, size: Standard_D4ds_v5}
  proxies: 3-30
`;
const host = (location: string) =>
  `hosts: [{model: coder, url: "https://coder.${location}.example.com"}]`;

/** Two regions with accounts, and one in a location without Azure OpenAI. */
export const governmentWorld: World = parseWorld(`${service("government")}models:
  codex: {model: gpt-4.1-mini, version: "2025-04-14", api: chat}
  coder: {host: url, model: qwen-coder, template: qwen}
${defaults}regions:
  usgovarizona: &sold {deployments: [{model: codex, sku: DataZoneStandard, capacity: 500}]}
  usgovtexas: {${host("usgovtexas")}}
  usgovvirginia: *sold
`);

/** In China nothing is sold: models are on machines of one's own. */
export const chinaWorld: World = parseWorld(`${service("china")}models:
  coder: {host: url, model: qwen-coder, template: qwen}
${defaults}regions:
  chinaeast2: {${host("chinaeast2")}}
  chinanorth3: {${host("chinanorth3")}}
`);
