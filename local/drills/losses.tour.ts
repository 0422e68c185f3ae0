import {tour} from "./drills.rig.ts";
import {modelSlow, quotaGone, regionLoss, splitBrain, twoRegions} from "./losses.ts";

tour("losses.tour.ts", [regionLoss, modelSlow, quotaGone, splitBrain, twoRegions], 160);
