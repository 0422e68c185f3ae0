/** What the server tells the page: `/world`, and the events of `/events`. */

import type {NumberedStep as Step} from "../steps.ts";

export type {PageRegion, PageSnapshot} from "../page-snapshot.ts";
export type {Step};

export interface Description {
  hostname: string;
  /** Of each model. */
  objectives: {success: number; firstByteMs: number}[];
  edge: boolean;
  models: string[];
  regions: {
    name: string;
    pool: string;
    weight: number;
    state: string;
    at: [number, number];
    /** The place that it would serve best; none where its pool serves no place. */
    home?: string;
  }[];
  places: {code: string; name: string; at: [number, number]}[];
  switches: {name: string; label: string; help: string; stays: boolean}[];
}
