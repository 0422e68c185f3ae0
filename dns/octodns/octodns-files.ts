import {cloudOf} from "../../regions/clouds/clouds.ts";
import {recordName} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {describeDeviations} from "../deviations.ts";
import type {Plan} from "../plan.ts";
import {answersBy, dynamicRecord} from "./octodns.ts";
import {octodnsWarning} from "./octodns-profiles.ts";
import {type Provider, type ProviderName, providers} from "./providers.ts";
import {block, type Value} from "./yaml.ts";

export interface FileOptions {
  readonly provider?: ProviderName;
  readonly maxWeight?: number;
}

/** The files that `octodns-sync --config-file config.yaml` reads, by name: the zone's own among them. */
export function octodnsFiles(
  world: World,
  plan: Plan,
  {provider: name = "azure", maxWeight}: FileOptions = {},
): Record<string, string> {
  const provider = providers[name];
  const record = dynamicRecord(world, plan, {provider, ...(maxWeight && {maxWeight})});
  const zone = {[recordName(world)]: record};
  const deviations = describeDeviations(answersBy(provider, plan).deviations, provider);
  const notes = deviations.map((line) => `# ${line}\n`).join("");
  const warning = name === "azure" ? octodnsWarning(record) : undefined;
  const unfit = warning ? `# NOT FOR AZURE: ${warning}.\n` : "";
  return {
    "config.yaml": `${headOf(provider)}${unfit}${block(config(world, name))}`,
    [`zones/${world.service.zone}.yaml`]: `${ZONE_HEAD}${notes}${block(zone as unknown as Value)}`,
  };
}

function config(world: World, name: ProviderName) {
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
      [name]: {...providers[name].settings, ...(name === "azure" && cloudSettings(world))},
    },
    zones: {[`${world.service.zone}.`]: {sources: ["regions"], targets: [name]}},
  };
}

/** Where Azure's own DNS is written to, if not in the public cloud, which octodns-azure takes by itself. */
function cloudSettings(world: World) {
  if (world.service.cloud === "public") return {};
  const {login, resourceManager} = cloudOf(world).hosts;
  return {authority: `https://${login}`, base_url: `https://${resourceManager}`};
}

const headOf = (
  provider: Provider,
): string => `# Made from regions.yaml for ${provider.title}. To use it, from this folder, with octodns 1.22.0 and ${provider.package}:
#   octodns-sync --config-file config.yaml          shows what would change; --doit does it
# Only the service's own name is touched. For other services: docs/dns.md
`;
const ZONE_HEAD = "# Made from regions.yaml.\n";
