import type {AzureModel, Sku} from "../world.ts";

const ZONE: readonly Sku[] = ["DataZoneStandard", "DataZoneProvisionedManaged"];

/**
 * What Azure Government sells of models that write code, by model and version. MicrosoftDocs/azure-ai-docs,
 * articles/foundry/openai/includes/model-matrix/: datazone-standard-gov.md and datazone-provisioned-managed-gov.md
 * (2026-09-01), standard-models-gov.md and provisioned-models-gov.md (2026-04-03).
 */
const sold: Readonly<Record<string, readonly Sku[]>> = {
  "gpt-5.6-luna 2026-07-09": ZONE,
  "gpt-5.6-sol 2026-07-09": ZONE,
  "gpt-5.6-terra 2026-07-09": ZONE,
  "gpt-5.1 2025-11-13": ["DataZoneStandard"],
  "gpt-4.1 2025-04-14": ["DataZoneStandard", "Standard"],
  "gpt-4.1-mini 2025-04-14": [...ZONE, "Standard"],
  "o3-mini 2025-01-31": ZONE,
  "gpt-4o 2024-11-20": [...ZONE, "Standard", "ProvisionedManaged"],
};

/** The day as of which the table is known to be true. */
const KNOWN_AS_OF = "2026-09-01";

/** Why a deployment there may be refused; undefined where it is known to be sold. */
export function governmentWarning(
  of: string,
  {model, version}: Pick<AzureModel, "model" | "version">,
  sku: Sku,
): string | undefined {
  const name = `${model} ${version}`;
  const skus = Object.hasOwn(sold, name) ? sold[name]! : [];
  if (skus.includes(sku)) return undefined;
  return skus.length > 0
    ? `${of} is not known to be sold as ${sku} in Azure Government, but as ${skus.join(", ")}`
    : `${of}: Azure Government was not known to sell ${name} on ${KNOWN_AS_OF}; ask npm run preflight, or choose one of ${Object.keys(sold).slice(0, 3).join(", ")}`;
}
