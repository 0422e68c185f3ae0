import assert from "node:assert/strict";
import {test} from "node:test";
import {fullWorld, withImages} from "../../infra/fixture.ts";
import {valueAt} from "../description.ts";
import {of} from "../kubernetes/pods.ts";
import type {Inputs, Resource} from "../resource.ts";
import {runStacks} from "./stacks.ts";

const GROUP = "kubernetes:admissionregistration.k8s.io/v1:";

/** The images of every pod that a region's stack asks for, of each kind of container. */
const imagesOf = (resources: readonly Resource[]) =>
  [
    ...of<Inputs>(resources, "kubernetes:apps/v1:Deployment"),
    ...of<Inputs>(resources, "kubernetes:batch/v1:Job"),
  ]
    .map((inputs) => valueAt(inputs, "spec.template.spec") as Inputs)
    .flatMap(({containers, initContainers = []}) => [
      ...(containers as Inputs[]),
      ...(initContainers as Inputs[]),
    ])
    .map(({image}) => String(image));

test("every image that a region's pods have passes the admission of its cluster; others do not", async () => {
  const {stacks} = await runStacks(withImages(fullWorld, {admission: true}));
  const regions = stacks.filter(({name}) =>
    fullWorld.regions.some((region) => region.name === name),
  );
  assert.equal(regions.length, 3);
  for (const {resources} of regions) {
    const [policy] = of<Inputs>(resources, `${GROUP}ValidatingAdmissionPolicy`);
    const expression = String(valueAt(policy, "spec.validations.0.expression"));
    const [, start = "", end = ""] =
      /all\(image, image\.startsWith\("(.+?)"\) && image\.matches\("(.+?)"\)\)$/.exec(expression) ??
      [];
    const passes = (image: string) => image.startsWith(start) && new RegExp(end).test(image);
    const images = imagesOf(resources);
    assert.ok(images.length >= 4);
    assert.deepEqual(
      images.filter((image) => !passes(image)),
      [],
    );
    for (const image of images)
      for (const other of [image.replace(/@.*/, ""), image.replace("azurecr.io", "example.com")])
        assert.ok(!passes(other), other);
  }
});

test("admission is of the service's own namespace, and denies", async () => {
  const {stacks} = await runStacks(withImages(fullWorld, {admission: true}), {stacks: ["eastus2"]});
  const {resources} = stacks[0]!;
  const [policy] = of<Inputs>(resources, `${GROUP}ValidatingAdmissionPolicy`);
  const [binding] = of<Inputs>(resources, `${GROUP}ValidatingAdmissionPolicyBinding`);
  const [namespace] = of<Inputs>(resources, "kubernetes:core/v1:Namespace");
  assert.deepEqual(valueAt(policy, "spec.matchConstraints.namespaceSelector.matchLabels"), {
    "kubernetes.io/metadata.name": valueAt(namespace, "metadata.name"),
  });
  assert.equal(valueAt(policy, "spec.failurePolicy"), "Fail");
  assert.deepEqual(binding?.spec, {
    policyName: valueAt(policy, "metadata.name"),
    validationActions: ["Deny"],
  });
});

test("a cluster admits as Kubernetes does where regions.yaml does not ask for more", async () => {
  const {stacks} = await runStacks(fullWorld);
  const types = stacks.flatMap(({resources}) => resources.map(({type}) => type));
  assert.deepEqual(
    types.filter((type) => type.startsWith(GROUP)),
    [],
  );
});
