import {tour} from "./drills.rig.ts";
import {cancelStorm, keyRotation, revocation} from "./harm.ts";

tour("harm.tour.ts", [cancelStorm, keyRotation, revocation], 150);
