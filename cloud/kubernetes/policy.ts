import {spare} from "../description.ts";
import {object} from "./object.ts";

export const policy = [
  object("policy/v1:PodDisruptionBudget", "poddisruptionbudgets.policy", {
    purpose: "nodes are drained a pod at a time",
    loss: spare("what drains nodes a pod at a time"),
    summary: (at) => [`${at("spec.maxUnavailable")} down at a time`],
  }),
];
