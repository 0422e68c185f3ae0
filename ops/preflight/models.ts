import {z} from "zod";
import type {DeployedModel, Held, WantedDeployment} from "./demand.ts";
import {ok, short, unknown, type Verdict} from "./finding.ts";

/** One model of a location: https://learn.microsoft.com/rest/api/aifoundry/accountmanagement/models/list */
export const offerSchema = z.object({
  /** The kind of account. Ours are OpenAI; the same model is also listed for other kinds. */
  kind: z.string(),
  model: z.object({
    format: z.string(),
    name: z.string(),
    version: z.string(),
    /** Not in the words of Microsoft's pages: `Deprecating` is closed to new subscriptions, `Deprecated` is retired. */
    lifecycleStatus: z.string().nullish(),
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
  held: Held,
  nowMs: number,
): Verdict[] => wanted.map((deployment) => judgeModel(deployment, offers, held, nowMs));

function judgeModel(
  wanted: WantedDeployment,
  offers: readonly Offer[],
  held: Held,
  nowMs: number,
): Verdict {
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
  const end = endOf(offer, sku);
  if (offer.lifecycleStatus === "Deprecated" || (end && Date.parse(end) <= nowMs))
    return lacks(`retired${end ? ` ${end.slice(0, 10)}` : ""}`, `${NEWER} under models`);
  if (offer.lifecycleStatus === "Deprecating" && !isHeld(wanted, held))
    return unknown("model", asked, CLOSED, `if this subscription has never had it, ${NEWER}`);
  return misfit(wanted.capacity, sku, lacks) ?? ok("model", asked, `offered${left(end, nowMs)}`);
}

const NEWER = "name a newer version or model";
const CLOSED = "closed to subscriptions that have not deployed it";

/** The day that it ends as this sku: whichever comes first. */
const endOf = ({deprecation}: Offer["model"], {deprecationDate}: Sku): string | undefined =>
  [deprecation?.inference, deprecationDate]
    .filter((date) => typeof date === "string")
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];

const isHeld = (wanted: WantedDeployment, {deployments}: Held): boolean =>
  deployments.some(
    ({format, model, version}) =>
      [format, model, version].join() === [wanted.format, wanted.model, wanted.version].join(),
  );

const left = (end: string | undefined, nowMs: number): string =>
  end === undefined ? "" : `, days left: ${Math.ceil((Date.parse(end) - nowMs) / DAY_MS)}`;

const DAY_MS = 86_400_000;

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
