import {type ModelLine, modelLines} from "./observed/models.ts";
import type {RegionView, Snapshot, Totals} from "./observed/snapshot.ts";
import type {Arc, Seen} from "./people.ts";

/** A look at the world as the page is told of it: what proxies say, and what people had. */
export interface PageSnapshot extends Snapshot {
  readonly regions: readonly PageRegion[];
  readonly arcs: readonly Arc[];
  /** Of what people waited for, 0 to 1. */
  readonly failed: number;
  readonly totals: Totals;
}

export interface PageRegion extends RegionView {
  /** Of what people waited for whom DNS had sent here; undefined where there was nobody. */
  readonly failed: number | undefined;
  readonly models: readonly ModelLine[];
}

export const pageSnapshot = (snapshot: Snapshot, seen: Seen, totals: Totals): PageSnapshot => ({
  ...snapshot,
  regions: snapshot.regions.map((region) => ({
    ...region,
    failed: seen.failedIn[region.name],
    models: modelLines(region.name, region.deployments, seen.answers),
  })),
  arcs: seen.arcs,
  failed: seen.failed,
  totals,
});
