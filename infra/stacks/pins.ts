import {Config, type Output} from "@pulumi/pulumi";

/** Settings that hold a region's stack to a version, whatever `global` builds and regions.yaml says. */
export interface Pins {
  /** `meridian:image`, a tag: 12 hex digits. */
  readonly image: string | undefined;
  /** `meridian:policy`, the proxies' policy as JSON. */
  readonly policy: string | undefined;
}

const TAG = /^[\da-f]{12}$/;

/** Reads the pins of the current stack. Throws where one is malformed. */
export function readPins(): Pins {
  const config = new Config();
  const image = config.get("image");
  if (image !== undefined && !TAG.test(image))
    throw new Error(
      `meridian:image is "${image}", which is no tag of an image: 12 hex digits. Let go of it with: pulumi config rm image`,
    );
  return {image, policy: config.get("policy")};
}

/** The tag in an image reference, or given alone; undefined where there is none. */
export function tagOf(image: string): string | undefined {
  const tag = image.slice(image.lastIndexOf(":") + 1);
  return TAG.test(tag) ? tag : undefined;
}

/** The image with another tag in the same repository. */
export const withTag = (reference: Output<string>, tag: string): Output<string> =>
  reference.apply((text) => text.replace(/[^:]*$/, tag));
