import {Config, type Output} from "@pulumi/pulumi";
import {z} from "zod";
import {weightsSchema} from "../../regions/replicas/schema.ts";
import type {Region, Weights, World} from "../../regions/world.ts";

/** Settings that hold a region's stack to a version, whatever `global` builds and regions.yaml says. */
export interface Pins {
  /** `meridian:image`: a tag of 12 hex digits, with the digest behind it where there is one. */
  readonly image: string | undefined;
  /** `meridian:policy`, the proxies' policy as JSON. */
  readonly policy: string | undefined;
  /** `meridian:weights`, as JSON: those of models on GPUs, by the models' names. */
  readonly weights?: Readonly<Record<string, Weights>> | undefined;
}

const PIN = /(?:^|:)(([\da-f]{12})(?:@sha256:[\da-f]{64})?)$/;

/** Reads the pins of the current stack. Throws where one is malformed, or clusters would refuse its pods. */
export function readPins({service}: World): Pins {
  const config = new Config();
  const image = config.get("image");
  if (image !== undefined && pinOf(image) !== image)
    throw new Error(
      `meridian:image is "${image}", which is no tag of an image: 12 hex digits, and @sha256: with its digest where it is known. Let go of it with: pulumi config rm image`,
    );
  // Found on the cluster, it would be after all else is changed.
  if (service.images.admission && image?.includes("@") === false)
    throw new Error(
      `meridian:image is "${image}", and by service.images.admission clusters take images by digest alone; put @sha256: and its digest behind it, or let go of it: pulumi config rm image`,
    );
  return {image, policy: config.get("policy"), weights: readWeights(config.get("weights"))};
}

function readWeights(text: string | undefined): Pins["weights"] {
  if (text === undefined) return undefined;
  const {data} = z.record(z.string(), weightsSchema).safeParse(jsonIn(text));
  if (data) return data;
  throw new Error(
    "meridian:weights is no JSON of weights by models' names, as the stack's output weights has them. Let go of it with: pulumi config rm weights",
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The region with the weights that it is held to; a model that they do not name has those of regions.yaml. */
export function heldTo(region: Region, {weights}: Pins): Region {
  if (weights === undefined) return region;
  const replicas = region.replicas.map((own) => ({
    ...own,
    weights: weights[own.model] ?? own.weights,
  }));
  return {...region, replicas};
}

/** What holds a region to the weights that it has. */
export const weightsPin = ({replicas}: Region): string =>
  JSON.stringify(Object.fromEntries(replicas.map(({model, weights}) => [model, weights])));

/** The tag in an image reference, or given alone; undefined where there is none. */
export const tagOf = (image: string): string | undefined => PIN.exec(image)?.[2];

/** The tag in an image reference with its digest, if it has one; undefined where there is no tag. */
export const pinOf = (image: string): string | undefined => PIN.exec(image)?.[1];

/** Another image of the same repository. */
export const pinned = (reference: Output<string>, pin: string): Output<string> =>
  reference.apply((text) => text.replace(/:[^/]*$/, `:${pin}`));
