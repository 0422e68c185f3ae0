import {cancelStorm, keyRotation, revocation} from "./harm.ts";
import {modelSlow, quotaGone, regionLoss, splitBrain, twoRegions} from "./losses.ts";
import {badToken, deploy, edgeRestart, poisonPill, policyBad} from "./mends.ts";
import {replicaLost} from "./replicas.ts";
import {modelRetired} from "./retirement.ts";
import type {Drill} from "./stage.ts";
import {weightsBad} from "./weights.ts";

export const drills: readonly Drill[] = [
  regionLoss,
  modelSlow,
  quotaGone,
  modelRetired,
  badToken,
  poisonPill,
  deploy,
  cancelStorm,
  keyRotation,
  revocation,
  edgeRestart,
  policyBad,
  splitBrain,
  twoRegions,
  replicaLost,
  weightsBad,
];
