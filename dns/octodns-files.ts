import {recordName} from "../regions/names.ts";
import type {World} from "../regions/world.ts";
import {dynamicRecord} from "./octodns.ts";
import {octodnsWarning} from "./octodns-profiles.ts";
import type {Plan} from "./plan.ts";
import {block, type Value} from "./yaml.ts";

/** The files that `octodns-sync --config-file config.yaml` reads, by name: the zone's own among them. */
export function octodnsFiles(
  world: World,
  plan: Plan,
  options?: {readonly maxWeight?: number},
): Record<string, string> {
  const record = dynamicRecord(world, plan, options);
  const zone = {[recordName(world)]: record};
  const warning = octodnsWarning(record);
  return {
    "config.yaml": `${CONFIG_HEAD}${warning ? `# NOT FOR AZURE: ${warning}.\n` : ""}${block(config(world))}`,
    [`zones/${world.service.zone}.yaml`]: `${ZONE_HEAD}${block(zone as unknown as Value)}`,
  };
}

function config(world: World) {
  return {
    manager: {processors: ["hostname-only"]},
    processors: {
      "hostname-only": {
        class: "octodns.processor.filter.NameAllowlistFilter",
        allowlist: [recordName(world)],
      },
    },
    providers: {
      regions: {
        class: "octodns.provider.yaml.YamlProvider",
        directory: "zones",
        default_ttl: world.service.ttlS,
        enforce_order: true,
      },
      azure: {
        class: "octodns_azure.AzureProvider",
        client_id: "env/AZURE_CLIENT_ID",
        key: "env/AZURE_CLIENT_SECRET",
        directory_id: "env/AZURE_TENANT_ID",
        sub_id: "env/AZURE_SUBSCRIPTION_ID",
        resource_group: "env/AZURE_RESOURCE_GROUP",
      },
    },
    zones: {[`${world.service.zone}.`]: {sources: ["regions"], targets: ["azure"]}},
  };
}

const CONFIG_HEAD = `# Made from regions.yaml. To use it, from this folder, with octodns 1.22.0 and octodns-azure 1.2.0:
#   octodns-sync --config-file config.yaml          shows what would change; --doit does it
# Only the service's own name is touched. For Route 53, NS1 and others: docs/dns.md
`;
const ZONE_HEAD = "# Made from regions.yaml.\n";
