import {z} from "zod";
import type {DeployedModel, WantedDeployment} from "./demand.ts";
import {ok, short, type Verdict} from "./finding.ts";

/** One model of a location: https://learn.microsoft.com/rest/api/aifoundry/accountmanagement/models/list */
export const offerSchema = z.object({
  /** The kind of account. Ours are OpenAI; the same model is also listed for other kinds. */
  kind: z.string(),
  model: z.object({
    format: z.string(),
    name: z.string(),
    version: z.string(),
    deprecation: z.object({inference: z.string().nullish()}).nullish(),
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
        }),
      )
      .nullish(),
  }),
});

export type Offer = z.output<typeof offerSchema>;
type Sku = NonNullable<Offer["model"]["skus"]>[number];

/** Whether Azure offers the model of each deployment: its version, sku and capacity, and for long enough. */
export const judgeModels = (
  wanted: readonly WantedDeployment[],
  offers: readonly Offer[],
  nowMs: number,
): Verdict[] => wanted.map((deployment) => judgeModel(deployment, offers, nowMs));

function judgeModel(wanted: WantedDeployment, offers: readonly Offer[], nowMs: number): Verdict {
  const {model, version, sku: skuName} = wanted;
  const asked = `${model} ${version} ${skuName}`;
  const lacks = (found: string, mend: string) => short("model", asked, found, mend);
  const versions = ofModel(wanted, offers);
  if (versions.length === 0)
    return lacks("not offered here", "choose another model for the region, or another region");
  const offer = versions.find(({version: offered}) => offered === version);
  if (!offer)
    return lacks(
      `offered as ${versions.map(({version}) => version).join(", ")}`,
      "name one of these versions under models",
    );
  const sku = offer.skus?.find(({name}) => name === skuName);
  if (!sku)
    return lacks(
      `offered as ${offer.skus?.map(({name}) => name).join(", ") || "no sku"}`,
      "give the region's deployment another sku",
    );
  const ended = [offer.deprecation?.inference, sku.deprecationDate].find(
    (date) => date && Date.parse(date) <= nowMs,
  );
  if (ended)
    return lacks(`retired ${ended.slice(0, 10)}`, "name a newer version or model under models");
  return misfit(wanted.capacity, sku, lacks) ?? ok("model", asked, "offered");
}

/** Provisioned units come in steps, from a smallest deployment upwards. */
function misfit(
  capacity: number,
  {capacity: limits}: Sku,
  lacks: (found: string, mend: string) => Verdict,
): Verdict | undefined {
  const {minimum, maximum, step} = limits ?? {};
  const mend = "change the capacity of the region's deployment";
  if (minimum && capacity < minimum) return lacks(`at least ${minimum}, not ${capacity}`, mend);
  if (maximum && capacity > maximum) return lacks(`at most ${maximum}, not ${capacity}`, mend);
  if (step && (capacity - (minimum ?? 0)) % step !== 0)
    return lacks(`in steps of ${step} from ${minimum ?? 0}, not ${capacity}`, mend);
  return undefined;
}

/** The quota's name; if the offer has none, composed the way Azure composes most of them. */
export function usageName(deployed: DeployedModel, offers: readonly Offer[]): string {
  const {format, model, sku} = deployed;
  const names = ofModel(deployed, offers).flatMap(({skus}) =>
    (skus ?? []).filter(({name}) => name === sku).map(({usageName}) => usageName),
  );
  return names.find((name) => name) ?? `${format}.${sku}.${model}`;
}

const ofModel = ({format, model}: DeployedModel, offers: readonly Offer[]): Offer["model"][] =>
  offers
    .filter(({kind, model: offer}) => kind === "OpenAI" && isModel(offer, format, model))
    .map(({model}) => model);

const isModel = (offer: Offer["model"], format: string, name: string): boolean =>
  offer.format === format && offer.name === name;
