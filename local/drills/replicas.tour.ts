import {tour} from "./drills.rig.ts";
import {replicasCold} from "./overflow.ts";
import {replicaLost} from "./replicas.ts";

tour("replicas.tour.ts", [replicaLost, replicasCold], 174);
