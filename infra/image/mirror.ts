/** A repository from which a registry can copy an image by itself. */
export interface Mirror {
  /** The last part of the repository's name: `node`. */
  readonly name: string;
  readonly source: string;
  /** Tag, digest or both: `:26.10.0-slim@sha256:...`. */
  readonly version: string;
}

/** Docker publishes its official images there too, under the same digests. */
const OFFICIAL = {from: "docker.io/library/", to: "public.ecr.aws/docker/library/"};

/**
 * Where a registry copies a base image from; undefined where it cannot. Docker Hub is closed to a registry
 * without an account there: https://learn.microsoft.com/azure/container-registry/artifact-cache-overview
 */
export function mirrorOf(base: string): Mirror | undefined {
  if (!base.startsWith(OFFICIAL.from)) return undefined;
  const [, name = "", version = ""] = /^([^:@]+)(.*)$/.exec(base.slice(OFFICIAL.from.length)) ?? [];
  return {name, source: OFFICIAL.to + name, version};
}
