import {daysUntil} from "../../regions/day.ts";
import type {Held, WantedDeployment} from "./demand.ts";
import {ok, short, unknown, type Verdict} from "./finding.ts";
import {
  endOf,
  KIND,
  type Offer,
  type OfferedModel,
  type OfferedSku,
  offered,
  requestsPerUnit,
  skuOf,
} from "./offers.ts";

/** Whether Azure offers the model of each deployment: its version, sku and capacity, and for long enough. */
export const judgeModels = (
  wanted: readonly WantedDeployment[],
  offers: readonly Offer[],
  held: Held,
  nowMs: number,
): Verdict[] => wanted.map((deployment) => judgeModel(deployment, offers, held, nowMs));

type Lacks = (found: string, mend: string) => Verdict;

function judgeModel(
  wanted: WantedDeployment,
  offers: readonly Offer[],
  held: Held,
  nowMs: number,
): Verdict {
  const {model, version, sku: skuName, capacity} = wanted;
  const asked = `${model} ${version} ${skuName}`;
  const lacks: Lacks = (found, mend) => short("model", asked, found, mend);
  const versions = offered(wanted, offers);
  if (versions.length === 0) return lacks(...elsewhere(wanted, offers));
  const offer = versions.find(({version: offered}) => offered === version);
  if (!offer)
    return lacks(
      `offered as ${versions.map(({version}) => version).join(", ")}`,
      "name one of these versions under models",
    );
  const sku = skuOf(offer, skuName);
  if (!sku)
    return lacks(
      `offered as ${offer.skus?.map(({name}) => name).join(", ") || "no sku"}`,
      "give the region's deployment another sku",
    );
  const end = endOf(offer, sku);
  if (offer.lifecycleStatus === "Deprecated" || (end && Date.parse(end) <= nowMs))
    return lacks(`retired${end ? ` ${end.slice(0, 10)}` : ""}`, `${NEWER} under models`);
  const misfit = silent(wanted, offer, lacks) ?? outside(capacity, sku, lacks);
  if (misfit) return misfit;
  if (offer.lifecycleStatus === "Deprecating" && !isHeld(wanted, held))
    return unknown("model", asked, CLOSED, `if this subscription has never had it, ${NEWER}`);
  return ok("model", asked, `offered${rate(wanted, sku)}${left(end, nowMs)}`);
}

const NEWER = "name a newer version or model";
const CLOSED = "closed to subscriptions that have not deployed it";

/** What is found of a model that our kind of account may not deploy, and the mend. */
function elsewhere(wanted: WantedDeployment, offers: readonly Offer[]): [string, string] {
  const kinds = offers
    .map(({kind}) => kind)
    .filter((kind) => kind !== KIND && offered(wanted, offers, kind).length > 0);
  if (kinds.length === 0)
    return ["not offered here", "choose another model for the region, or another region"];
  return [
    `offered to accounts of kind ${[...new Set(kinds)].join(", ")}, not ${KIND}`,
    "make such an account yourself, and name it under hosts: docs/models.md",
  ];
}

/** By `api` of regions.yaml: what a model must be capable of, in Azure's words, one of which will do. */
const SPEECH: Readonly<Record<string, readonly string[]>> = {
  chat: ["chatCompletion", "chat"],
  completions: ["completion"],
  responses: ["responses"],
};

/** A model that does not speak what it is asked by. One of which Azure says nothing may. */
function silent(
  {api}: WantedDeployment,
  {capabilities}: OfferedModel,
  lacks: Lacks,
): Verdict | undefined {
  const spoken = Object.keys(SPEECH).filter((name) =>
    SPEECH[name]!.some((word) => capabilities?.[word] === "true"),
  );
  if (spoken.length === 0 || spoken.includes(api)) return undefined;
  return lacks(
    `asked by ${api}, and speaks ${spoken.join(", ")} alone`,
    "name another model, or another api where regions.yaml takes one of these: docs/chat.md",
  );
}

const isHeld = (wanted: WantedDeployment, {deployments}: Held): boolean =>
  deployments.some(
    ({format, model, version}) =>
      [format, model, version].join() === [wanted.format, wanted.model, wanted.version].join(),
  );

function rate({capacity}: WantedDeployment, sku: OfferedSku): string {
  const each = requestsPerUnit(sku);
  return each === undefined ? "" : `, ${capacity * each} requests a minute`;
}

const left = (end: string | undefined, nowMs: number): string =>
  end === undefined ? "" : `, days left: ${daysUntil(end, nowMs)}`;

/** Provisioned units come in steps, from a smallest deployment upwards. */
function outside(
  capacity: number,
  {capacity: limits}: OfferedSku,
  lacks: Lacks,
): Verdict | undefined {
  const {minimum, maximum, step} = limits ?? {};
  const mend = "change the capacity of the region's deployment";
  if (minimum && capacity < minimum) return lacks(`at least ${minimum}, not ${capacity}`, mend);
  if (maximum && capacity > maximum) return lacks(`at most ${maximum}, not ${capacity}`, mend);
  if (step && (capacity - (minimum ?? 0)) % step !== 0)
    return lacks(`in steps of ${step} from ${minimum ?? 0}, not ${capacity}`, mend);
  return undefined;
}
