import {tour} from "./drills.rig.ts";
import {weightsBad} from "./weights.ts";

tour("weights.tour.ts", [weightsBad], 177);
