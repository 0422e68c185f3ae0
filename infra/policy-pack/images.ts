import {ofContainers} from "./pod-specs.ts";
import {type ResourcePolicy, textOf} from "./policy.ts";

/** What runs is what was built. */
export const images: ResourcePolicy = {
  name: "images-by-digest",
  why: "A tag can be moved to another image; a digest is the image.",
  mend: "take the image from the outputs of global, which name it by the digest that its build reported.",
  demandsOf: ofContainers([
    {
      path: ["image"],
      wants: "NAME@sha256:DIGEST",
      holds: (value) => /^\S+@sha256:[\da-f]{64}$/.test(textOf(value)),
    },
  ]),
};
