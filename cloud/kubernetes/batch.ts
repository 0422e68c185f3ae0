import type {batch as types} from "@pulumi/kubernetes/types/output.js";
import {spare, values} from "../description.ts";
import {type Invalid, object} from "./object.ts";
import {checkPod} from "./pod-checks.ts";

export const batch = [
  object("batch/v1:Job", "jobs.batch", {
    purpose: "asks the vault for the region's certificate, or for a first one until it is imported",
    loss: spare("the record of a certificate's request"),
    summary: values("spec.template.spec.containers.0.image"),
    check: checkJob,
    fixed: ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  }),
];

function checkJob({spec: {template}}: types.v1.Job, invalid: Invalid): string[] {
  const {restartPolicy = ""} = template.spec;
  const refusal = `Unsupported value: "${restartPolicy}": supported values: "OnFailure", "Never"`;
  return [
    ...(["OnFailure", "Never"].includes(restartPolicy)
      ? []
      : [invalid("spec.template.spec.restartPolicy", refusal)]),
    ...checkPod(template.spec, invalid),
  ];
}
