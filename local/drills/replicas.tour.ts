import {tour} from "./drills.rig.ts";
import {replicaLost} from "./replicas.ts";

tour("replicas.tour.ts", [replicaLost], 174);
