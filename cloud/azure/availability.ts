/** Where deployments compute, and where they can be made. */

const UNITED_STATES = [
  ...["centralus", "eastus", "eastus2", "northcentralus", "southcentralus", "westus"],
  "westus3",
];
const EUROPEAN_UNION = [
  ...["francecentral", "germanywestcentral", "italynorth", "norwayeast", "polandcentral"],
  ...["spaincentral", "swedencentral", "switzerlandnorth", "westeurope"],
];

/**
 * MicrosoftDocs/azure-ai-docs, articles/foundry/foundry-models/includes/model-matrix/deployments-standard.md
 * (2026-06-11), "Data Zone standard": Asia Pacific, the Middle East and Africa are "Not available" there.
 */
const dataZones: readonly (readonly string[])[] = [UNITED_STATES, EUROPEAN_UNION];

/** Azure Government's own: foundry-models/concepts/deployment-types-gov.md. */
const GOVERNMENT = ["usgovarizona", "usgovvirginia"];

/** The locations of a location's zone; undefined where it belongs to none. */
export const zoneOf = (location: string): readonly string[] | undefined =>
  [...dataZones, GOVERNMENT].find((zone) => zone.includes(location));

/** Some of those that a global deployment may compute in: any, says the same page. */
export const globalLocations: readonly string[] = [
  ...dataZones.flat(),
  ...["australiaeast", "brazilsouth", "canadaeast", "japaneast", "koreacentral", "uksouth"],
];

interface Gap {
  readonly models: RegExp;
  readonly skus: RegExp;
  /** Where it is not offered; undefined: nowhere is it. */
  readonly missingIn?: readonly string[];
}

/** Gaps of the same page's tables, in models that fit completions. What it does not name is offered everywhere. */
const gaps: readonly Gap[] = [
  // Microsoft's tables of Azure Government: openai/includes/model-matrix/*-gov.md (2026-09-01).
  {models: /./, skus: /^Global/, missingIn: GOVERNMENT},
  {models: /^(gpt-5\.1|gpt-5\.6-.*|o3-mini)$/, skus: /^Standard$/, missingIn: GOVERNMENT},
  {models: /^(?!gpt-4o$)/, skus: /^ProvisionedManaged$/, missingIn: GOVERNMENT},
  {models: /^gpt-(5\.1|4\.1)$/, skus: /^DataZoneProvisionedManaged$/, missingIn: GOVERNMENT},
  {
    models: /^gpt-(4\.1|4o|5)(-mini|-nano)?$/,
    skus: /^GlobalStandard$/,
    missingIn: ["canadacentral"],
  },
  {models: /^gpt-5\.4-(mini|nano)$/, skus: /^DataZoneStandard$/, missingIn: EUROPEAN_UNION},
  /** tier-1.md (2026-08-20) has no such quota of the later ones either. */
  {
    models: /^gpt-(4\.1-nano|5-mini|5-nano|5\.4-mini|5\.4-nano|5\.6-luna|6-luna)$/,
    skus: /^Standard$/,
  },
];

/** Whether a model's deployments of this sku can be made in a location. */
export function isOffered(model: string, sku: string, location: string): boolean {
  if (sku.startsWith("DataZone") && !zoneOf(location)) return false;
  return !gaps.some(
    ({models, skus, missingIn}) =>
      models.test(model) && skus.test(sku) && (missingIn?.includes(location) ?? true),
  );
}
