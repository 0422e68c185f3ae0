import {StackReference} from "@pulumi/pulumi";
import {Region, sharedBy} from "meridian/infra";

const subnets =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke/subnets";

/** One region in a network that is there, beside the stack `global` that Meridian's own program made. */
export const {publicName, address} = new Region("westeurope", {
  service: {
    hostname: "completions.example.com",
    home: "eastus2",
    tokens: {exchange: {kind: "github", organizations: ["example"]}},
  },
  models: {"copilot-codex": {model: "gpt-5.6-luna", version: "2026-07-09", aliases: ["*"]}},
  region: {
    deployments: [{model: "copilot-codex", sku: "DataZoneStandard", capacity: 333}],
    network: {space: "10.8.0.0/20"},
    existing: {network: {nodes: `${subnets}/nodes`, endpoints: `${subnets}/endpoints`}},
  },
  shared: sharedBy(new StackReference("organization/meridian/global")),
});
