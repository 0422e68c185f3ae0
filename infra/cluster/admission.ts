import {ValidatingAdmissionPolicy} from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicy.js";
import {ValidatingAdmissionPolicyBinding} from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicyBinding.js";
import {type ComponentResourceOptions, type Output, output} from "@pulumi/pulumi";
import {Component} from "../component.ts";
import {type Cluster, NAMESPACE} from "./cluster.ts";

export interface AdmissionArgs {
  readonly cluster: Cluster;
  /** One that is built in the registry that nodes pull from. */
  readonly image: Output<string>;
}

const NAME = "meridian-images";

/**
 * Has the API server refuse pods in the service's namespace whose images are of another registry, or named without
 * digest. Its own CEL, without an add-on: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class Admission extends Component {
  constructor(name: string, args: AdmissionArgs, options?: ComponentResourceOptions) {
    super("Admission", name, options);
    const onCluster = {parent: this, provider: args.cluster.provider};
    const metadata = {name: NAME};
    const spec = output(args.image).apply((image) => admissionSpec(image.split("/")[0]!));
    const policy = new ValidatingAdmissionPolicy("images", {metadata, spec}, onCluster);
    new ValidatingAdmissionPolicyBinding(
      "images",
      {metadata, spec: {policyName: NAME, validationActions: ["Deny"]}},
      {...onCluster, dependsOn: [policy]},
    );
    this.registerOutputs();
  }
}

/** Of each kind of container that a pod may have, the last of which come to it later: `kubectl debug`. */
const imagesOf = (containers: string) =>
  `(has(object.spec.${containers}) ? object.spec.${containers}.map(one, one.image) : [])`;

/** A policy for images of one registry, by its host. */
export const admissionSpec = (registry: string) => ({
  failurePolicy: "Fail",
  matchConstraints: {
    namespaceSelector: {matchLabels: {"kubernetes.io/metadata.name": NAMESPACE}},
    resourceRules: [
      {
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE", "UPDATE"],
        resources: ["pods", "pods/ephemeralcontainers"],
      },
    ],
  },
  variables: [
    {
      name: "images",
      expression: ["containers", "initContainers", "ephemeralContainers"].map(imagesOf).join(" + "),
    },
  ],
  validations: [
    {
      expression: `variables.images.all(image, image.startsWith("${registry}/") && image.matches("@sha256:[0-9a-f]{64}$"))`,
      message: `${NAMESPACE} takes images of ${registry} alone, by digest`,
      reason: "Forbidden",
    },
  ],
});
