import {StackReference} from "@pulumi/pulumi";
import {Region, sharedBy} from "meridian/infra";

const subnets =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke/subnets";

/** One region in a network that is there, beside the stack `global` that Meridian's own program made. */
const region = new Region("westeurope", {
  location: "westeurope",
  service: {
    name: "meridian",
    hostname: "completions.example.com",
    zone: "example.com",
    home: "eastus2",
    objective: {success: "99.5%", firstByte: "1500ms"},
    tokens: {exchange: {kind: "github", organizations: ["example"]}},
  },
  models: {"copilot-codex": {model: "gpt-5.6-luna", version: "2026-07-09", aliases: ["*"]}},
  region: {
    cluster: {nodes: "3-12", size: "Standard_D4ds_v5"},
    proxies: "3-30",
    deployments: [{model: "copilot-codex", sku: "DataZoneStandard", capacity: 333}],
    network: {space: "10.8.0.0/20"},
    existing: {network: {nodes: `${subnets}/nodes`, endpoints: `${subnets}/endpoints`}},
  },
  shared: sharedBy(new StackReference("organization/meridian/global")),
});

export const {publicName, address} = region;
