/** What the server tells the page: `/world`, and the events of `/events`. */

import type {Snapshot as Looked} from "../observed/snapshot.ts";
import type {NumberedStep as Step} from "../steps.ts";

export type {RegionView} from "../observed/snapshot.ts";
export type {Step};

export interface Description {
  hostname: string;
  /** Of each model. */
  objectives: {success: number; firstByteMs: number}[];
  edge: boolean;
  models: string[];
  regions: {name: string; pool: string; weight: number; state: string; at: [number, number]}[];
  places: {code: string; name: string; at: [number, number]}[];
  switches: {name: string; label: string; help: string; stays: boolean}[];
}

export type Snapshot = Looked & {
  totals: {prompt: number; answer: number};
  arcs: {place: string; region: string; perS: number}[];
};
