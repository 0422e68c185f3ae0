import type {Package} from "./packages.ts";

/** What is in an image of ours: what it begins from, and the packages that are bundled into its programs. */
export interface Contents {
  /** `docker.io/library/node:26.10.0-slim@sha256:...`. */
  readonly base: string;
  readonly packages: readonly Package[];
}

/**
 * A bill of materials as CycloneDX has it: https://cyclonedx.org/docs/1.6/json. It bears neither a day nor a
 * serial number, so that the same contents are the same image.
 */
export function sbomOf(name: string, {base, packages}: Contents): string {
  const components = [baseComponent(base), ...packages.map(packageComponent)];
  const self = {type: "container", "bom-ref": name, name};
  const dependsOn = components.map((component) => component["bom-ref"]);
  const bom = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {component: self},
    components,
    dependencies: [{ref: name, dependsOn}],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md */
function baseComponent(base: string) {
  const [, repository = "", tag = "", digest] =
    /^([^@]+):([^:@]+)(?:@(sha256:[\da-f]{64}))?$/.exec(base) ?? [];
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  const at = digest ? `@${encodeURIComponent(digest)}` : "";
  const purl = `pkg:oci/${name}${at}?repository_url=${encodeURIComponent(repository)}&tag=${tag}`;
  const hashes = digest && [{alg: "SHA-256", content: digest.replace("sha256:", "")}];
  return {type: "container", "bom-ref": purl, name, version: tag, purl, ...(hashes && {hashes})};
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md */
function packageComponent({name, version, integrity, license}: Package) {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const content = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    hashes: [{alg: "SHA-512", content}],
    ...(license && {licenses: [{expression: license}]}),
  };
}
