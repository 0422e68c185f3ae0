import type {Sku} from "../world.ts";
import {type DataZone, zoneOf} from "./data-zones.ts";

/** US dollars for a million tokens. */
export interface TokenPrice {
  readonly input: number;
  /** Of a prompt that begins as a recent one did, in its first 1,024 tokens at least. */
  readonly cached: number;
  readonly output: number;
}

const price = (input: number, cached: number, output: number): TokenPrice => ({
  ...{input, cached, output},
});

/**
 * By model, as GlobalStandard, for prompts of up to 272,000 tokens. Those of gpt-5.6-luna are of Azure's page of
 * prices on 2026-09-28; gpt-6-luna's of Microsoft's announcement, the others' of Azure's retail prices in East US, as
 * LiteLLM's catalogue had both in September 2026 (commit 729b02d). Priority, which no deployment here is, is sold of
 * no luna and no nano: openai/includes/concepts-priority-processing-1.md (2026-09-24).
 */
const global: Readonly<Record<string, TokenPrice>> = {
  "gpt-6-luna": price(0.1, 0.01, 0.5),
  "gpt-5.6-luna": price(0.2, 0.02, 1.2),
  "gpt-5.4-nano": price(0.2, 0.02, 1.25),
  "gpt-5.4-mini": price(0.75, 0.075, 4.5),
  "gpt-5-nano": price(0.05, 0.005, 0.4),
  "gpt-4.1-mini": price(0.4, 0.1, 1.6),
  "gpt-4.1-nano": price(0.1, 0.025, 0.4),
};

/** How much dearer tokens are that are computed in one zone or region: the same catalogue. */
const ZONED = 1.1;
const otherwise: Readonly<Record<string, Partial<Record<DataZone, number>>>> = {
  "gpt-6-luna": {EU: 1.2},
};

/** What a model's tokens cost; undefined where that is not known, as of provisioned units, which are paid by the hour. */
export function tokenPrice(model: string, sku: Sku, location: string): TokenPrice | undefined {
  const listed = Object.hasOwn(global, model) ? global[model] : undefined;
  if (!listed || sku.endsWith("ProvisionedManaged")) return undefined;
  if (sku === "GlobalStandard") return listed;
  const zone = zoneOf(location);
  const dearer = (zone && otherwise[model]?.[zone]) ?? ZONED;
  return price(listed.input * dearer, listed.cached * dearer, listed.output * dearer);
}
