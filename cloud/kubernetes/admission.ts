import {list, spare} from "../description.ts";
import {object} from "./object.ts";

const GROUP = "admissionregistration.k8s.io";

export const admission = [
  object(
    `${GROUP}/v1:ValidatingAdmissionPolicy`,
    "validatingadmissionpolicies.admissionregistration.k8s.io",
    {
      purpose: "which images the API server lets pods have",
      loss: spare("what keeps other images out"),
      summary: (_, {spec}) =>
        list((spec as {validations?: unknown}).validations).map(({message}) => `${message}`),
    },
  ),
  object(
    `${GROUP}/v1:ValidatingAdmissionPolicyBinding`,
    "validatingadmissionpolicybindings.admissionregistration.k8s.io",
    {
      purpose: "has the API server refuse what the policy of that name does not allow",
      loss: spare("what keeps other images out"),
      summary: (at) => [`${at("spec.validationActions.0")}`],
    },
  ),
];
