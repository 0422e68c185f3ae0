import type {Context} from "../../infra/image/context.ts";
import type {Cosign} from "./cosign.ts";
import {type Origin, provenanceOf} from "./provenance.ts";

/** `HOST/meridian-proxy:TAG@sha256:DIGEST`. */
const IMAGE = /^([^/]+)\/(?:.+\/)?([^/:]+):([\w.-]+)@sha256:[\da-f]{64}$/;

/** An image with what it must have been built from. */
export interface Signable {
  readonly image: string;
  readonly registry: string;
  readonly context: Context;
}

/**
 * The images that are to be signed. Throws with each whose tag these sources do not make: nobody knows what is in it.
 * Its digest is believed.
 */
export function signablesOf(images: readonly string[], contexts: readonly Context[]): Signable[] {
  const read = images.map((image) => signableOf(image, contexts));
  const faults = read.filter((one) => typeof one === "string");
  if (faults.length > 0) throw new Error(`nothing is signed:\n  - ${faults.join("\n  - ")}`);
  return read.filter((one) => typeof one !== "string");
}

function signableOf(image: string, contexts: readonly Context[]): Signable | string {
  const [, registry, repository, tag] = IMAGE.exec(image) ?? [];
  if (!registry)
    return `${image}: has no tag with a digest; name it as pulumi stack output image --stack global does`;
  const context = contexts.find((one) => one.repository === repository);
  if (!context) return `${image}: is none of ${contexts.map((one) => one.repository).join(", ")}`;
  if (context.hash !== tag)
    return `${image}: these sources make ${repository}:${context.hash}; check out the commit that it was built from`;
  return {image, registry, context};
}

interface Signing {
  readonly cosign: Cosign;
  /** Of a vault, or a file. */
  readonly key: string;
  readonly publicKey: string;
  readonly origin: Omit<Origin, "registry">;
}

/** Puts what an image lacks of signature, provenance and bill of materials beside it; resolves to what it lacked. */
export async function signImage(
  {image, registry, context}: Signable,
  {cosign, key, publicKey, origin}: Signing,
): Promise<string[]> {
  const done: string[] = [];
  const add = async (what: string, lacks: string | undefined, put: () => Promise<void>) => {
    if (lacks === undefined) return;
    await put();
    done.push(what);
  };
  const attest = async (what: string, type: "slsaprovenance1" | "cyclonedx", predicate: object) =>
    add(what, await cosign.unattested(image, publicKey, type), () =>
      cosign.attest(image, key, type, predicate),
    );
  await add("signature", await cosign.unsigned(image, publicKey), () => cosign.sign(image, key));
  await requireKey(image, {cosign, key, publicKey});
  await attest("provenance", "slsaprovenance1", provenanceOf(context, {...origin, registry}));
  await attest("bill of materials", "cyclonedx", JSON.parse(context.sbom));
  return done;
}

/** The key that signs may be another than the one that rollouts ask for. */
async function requireKey(image: string, {cosign, key, publicKey}: Omit<Signing, "origin">) {
  const fault = await cosign.unsigned(image, publicKey);
  if (fault === undefined) return;
  const mend = `write there what cosign public-key --key ${key} prints`;
  throw new Error(`${image}: is not signed by service.images.signedBy (${fault}); ${mend}`);
}
