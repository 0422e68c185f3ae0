import {z} from "zod";
import type {DeployedModel} from "./demand.ts";

/** The kind of the accounts that regions have: infra/azure/model.ts. */
export const KIND = "OpenAI";

/** One model of a location: https://learn.microsoft.com/rest/api/aifoundry/accountmanagement/models/list */
export const offerSchema = z.object({
  /** The kind of account that may deploy it. A model is listed once for each. */
  kind: z.string(),
  model: z.object({
    format: z.string(),
    name: z.string(),
    version: z.string(),
    /** Not in the words of Microsoft's pages: `Deprecating` is closed to new subscriptions, `Deprecated` is retired. */
    lifecycleStatus: z.string().nullish(),
    /** What it speaks, each as the text "true": `chatCompletion`, `completion`, `responses`, and what is none of an API's. */
    capabilities: z.record(z.string(), z.string()).nullish(),
    deprecation: z.object({inference: z.string().nullish()}).nullish(),
    /** https://learn.microsoft.com/javascript/api/@azure/arm-cognitiveservices/replacementconfig */
    replacementConfig: z
      .object({targetModelName: z.string().nullish(), targetModelVersion: z.string().nullish()})
      .nullish(),
    skus: z
      .array(
        z.object({
          name: z.string(),
          /** The quota that deployments of it count against. */
          usageName: z.string().nullish(),
          deprecationDate: z.string().nullish(),
          capacity: z
            .object({
              minimum: z.number().nullish(),
              maximum: z.number().nullish(),
              step: z.number().nullish(),
            })
            .nullish(),
          /** What a unit of capacity allows; `key` is request or token. */
          rateLimits: z
            .array(
              z.object({
                key: z.string().nullish(),
                count: z.number().nullish(),
                renewalPeriod: z.number().nullish(),
              }),
            )
            .nullish(),
        }),
      )
      .nullish(),
  }),
});

export type Offer = z.output<typeof offerSchema>;
export type OfferedModel = Offer["model"];
export type OfferedSku = NonNullable<OfferedModel["skus"]>[number];

/** All versions of a deployment's model that accounts of a kind may deploy. */
export const offered = (
  {format, model}: Pick<DeployedModel, "format" | "model">,
  offers: readonly Offer[],
  kind: string = KIND,
): OfferedModel[] =>
  offers
    .filter((offer) => offer.kind === kind)
    .map((offer) => offer.model)
    .filter((offer) => offer.format === format && offer.name === model);

export const skuOf = ({skus}: OfferedModel, name: string): OfferedSku | undefined =>
  skus?.find((sku) => sku.name === name);

/** Azure writes 2099-12-31 where it has named no day. */
const UNNAMED = "2099";

/** When it ends as this sku, whichever comes first; undefined while no day is named. */
export const endOf = (
  {deprecation}: OfferedModel,
  sku: Pick<OfferedSku, "deprecationDate">,
): string | undefined =>
  [deprecation?.inference, sku.deprecationDate]
    .filter((date) => typeof date === "string" && !date.startsWith(UNNAMED))
    .toSorted((a, b) => Date.parse(a!) - Date.parse(b!))[0] as string | undefined;

const MINUTE_S = 60;

/** The requests a minute that a unit of capacity allows; undefined where Azure does not say. */
export function requestsPerUnit({rateLimits}: OfferedSku): number | undefined {
  const limit = rateLimits?.find(({key}) => key === "request");
  if (!limit?.count || !limit.renewalPeriod) return undefined;
  return (limit.count * MINUTE_S) / limit.renewalPeriod;
}

/** The quota's name; if the offer has none, composed the way Azure composes most of them. */
export function usageName(deployed: DeployedModel, offers: readonly Offer[]): string {
  const {format, model, sku} = deployed;
  const names = offered(deployed, offers).map((offer) => skuOf(offer, sku)?.usageName);
  return names.find((name) => name) ?? `${format}.${sku}.${model}`;
}
