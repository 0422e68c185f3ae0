/** A valid file, apart from what a case adds. */
export const fileWith = ({
  region = "{}",
  defaults = "",
  service = "",
  models = "",
  hostname = "completions.example.com",
  zone = "example.com",
}) => `service:
  name: meridian
  hostname: ${hostname}
  zone: ${zone}
  objective: {success: 99.5%, firstByte: 400ms}
  tokens: {exchange: {kind: github, organizations: [acme]}}
  ${service}
models:
  codex: {model: gpt-35-turbo-instruct, version: "0914"}
  coder: {host: url, model: qwen-coder}
  ${models}
defaults:
  cluster: {nodes: 3-12, size: Standard_D4ds_v5}
  proxies: 3-30
  deployments: [{model: codex, sku: Standard, capacity: 240}]
  ${defaults}
regions:
  eastus2: ${region}
`;
