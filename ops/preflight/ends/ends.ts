import {dayAt, daysUntil} from "../../../regions/day.ts";
import {newestVersion, releaseOf} from "../../../regions/models/releases.ts";
import type {AzureModel, Deployment, Region, World} from "../../../regions/world.ts";
import {endOf, type Offer, type OfferedModel, offered, skuOf} from "../offers.ts";

/** When a model of regions.yaml ends: the first day on which one of its deployments no longer answers. */
export interface ModelEnd {
  /** Its name in regions.yaml. */
  readonly name: string;
  readonly model: string;
  readonly version: string;
  /** YYYY-MM-DD, in UTC. */
  readonly day: string;
  /** Whole days that are left; 0 or less where it has ended. */
  readonly daysLeft: number;
  readonly successor: Successor | undefined;
  /** Those that end first, first. */
  readonly deployments: readonly DeploymentEnd[];
}

export interface DeploymentEnd {
  readonly region: string;
  readonly deployment: string;
  readonly capacity: number;
  readonly day: string;
  readonly by: Source;
}

export interface Successor {
  readonly model: string;
  /** Undefined where nobody has said it. */
  readonly version: string | undefined;
  readonly by: Source;
}

/** Azure's own answer, or else what regions/models/releases.ts has of Microsoft's pages. */
export type Source = "Azure" | "regions/models/releases.ts";

export interface Outlook {
  /** Those that end within so many days, the first first. */
  readonly ends: readonly ModelEnd[];
  /** Deployments of which nobody has named a last day. */
  readonly undated: readonly string[];
}

export interface Question {
  readonly world: World;
  /** The regions to look at. */
  readonly regions: readonly Region[];
  /** What Azure offers, by region; a region that could not be asked is left out. */
  readonly market: ReadonlyMap<string, readonly Offer[]>;
  readonly nowMs: number;
  readonly withinDays: number;
}

/** What ends, when, and what comes after it. */
export function outlookOf({world, regions, market, nowMs, withinDays}: Question): Outlook {
  const all = regions.flatMap((region) =>
    region.deployments.map((deployment) => {
      const asked = world.models[deployment.model] as AzureModel;
      return {
        region: region.name,
        deployment,
        asked,
        offer: offerOf(asked, market.get(region.name)),
      };
    }),
  );
  const dated = all.map((one) => ({...one, last: lastDay(one, nowMs)}));
  const ends = [...Map.groupBy(dated, ({deployment}) => deployment.model)].flatMap(
    ([name, group]) => modelEnd(name, group, nowMs) ?? [],
  );
  return {
    ends: ends
      .filter(({daysLeft}) => daysLeft <= withinDays)
      .toSorted((a, b) => a.daysLeft - b.daysLeft),
    undated: dated
      .filter(({last}) => last === undefined)
      .map(({region, deployment, asked}) => `${region}: ${deployment.name}, ${nameOf(asked)}`),
  };
}

interface Deployed {
  readonly region: string;
  readonly deployment: Deployment;
  readonly asked: AzureModel;
  readonly offer: OfferedModel | undefined;
}

type Dated = Deployed & {readonly last: Pick<DeploymentEnd, "day" | "by"> | undefined};

const offerOf = (asked: AzureModel, offers: readonly Offer[] = []): OfferedModel | undefined =>
  offered(asked, offers).find(({version}) => version === asked.version);

const nameOf = ({model, version}: AzureModel): string => `${model} ${version}`;

function lastDay({deployment, asked, offer}: Deployed, nowMs: number): Dated["last"] {
  const today = dayAt(nowMs);
  const said = offer && endOf(offer, skuOf(offer, deployment.sku) ?? {})?.slice(0, 10);
  if (offer?.lifecycleStatus === "Deprecated")
    return {day: said !== undefined && said < today ? said : today, by: "Azure"};
  if (said !== undefined) return {day: said, by: "Azure"};
  const release = releaseOf(asked);
  return release && {day: release.retires, by: "regions/models/releases.ts"};
}

function modelEnd(name: string, group: readonly Dated[], nowMs: number): ModelEnd | undefined {
  const deployments = group
    .flatMap(({region, deployment, last}) =>
      last === undefined
        ? []
        : [{region, deployment: deployment.name, capacity: deployment.capacity, ...last}],
    )
    .toSorted((a, b) => a.day.localeCompare(b.day));
  const day = deployments[0]?.day;
  if (day === undefined) return undefined;
  const {model, version} = group[0]!.asked;
  const daysLeft = daysUntil(day, nowMs);
  return {name, model, version, day, daysLeft, successor: successorOf(group), deployments};
}

function successorOf(group: readonly Dated[]): Successor | undefined {
  for (const {offer} of group) {
    const {targetModelName: model, targetModelVersion} = offer?.replacementConfig ?? {};
    if (model) return {model, version: targetModelVersion ?? newestVersion(model), by: "Azure"};
  }
  const model = releaseOf(group[0]!.asked)?.successor;
  return model === undefined
    ? undefined
    : {model, version: newestVersion(model), by: "regions/models/releases.ts"};
}
