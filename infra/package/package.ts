/** What other programs import as `meridian/infra`. */
export {readShared as sharedBy} from "../stacks/region.ts";
export {Region, type RegionArgs} from "./region.ts";
