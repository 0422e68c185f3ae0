import type {autoscaling as types} from "@pulumi/kubernetes/types/output.js";
import {spare} from "../description.ts";
import {type Invalid, object} from "./object.ts";

export const autoscaling = [
  object("autoscaling/v2:HorizontalPodAutoscaler", "horizontalpodautoscalers.autoscaling", {
    purpose: "how many pods there are, by CPU",
    loss: spare("more pods for more load"),
    summary: (at) => [
      `${at("spec.minReplicas")}-${at("spec.maxReplicas")} pods`,
      `at ${at("spec.metrics.0.resource.target.averageUtilization")} % CPU`,
    ],
    check: checkAutoscaler,
  }),
];

function checkAutoscaler({spec}: types.v2.HorizontalPodAutoscaler, invalid: Invalid): string[] {
  const {minReplicas = 1, maxReplicas} = spec;
  if (maxReplicas >= minReplicas) return [];
  const reason = `Invalid value: ${maxReplicas}: must be greater than or equal to \`minReplicas\``;
  return [invalid("spec.maxReplicas", reason)];
}
