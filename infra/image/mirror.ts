/** A repository from which a registry can copy an image by itself. */
export interface Mirror {
  /** The last part of the repository's name: `node`. */
  readonly name: string;
  readonly source: string;
  /** Tag, digest or both: `:26.10.0-slim@sha256:...`. */
  readonly version: string;
  /** Whether it is Docker Hub, which asks for an account. */
  readonly account: boolean;
}

/** Registries that ask for no account, by the beginning of an image's name. Docker publishes its official images twice. */
const open: Readonly<Record<string, string>> = {
  "docker.io/library/": "public.ecr.aws/docker/library/",
  "mcr.microsoft.com/": "mcr.microsoft.com/",
};

const DOCKER_HUB = "docker.io/";

/**
 * Where a registry copies a base image from; undefined where it cannot. Docker Hub is closed to a registry
 * without an account there: https://learn.microsoft.com/azure/container-registry/artifact-cache-overview
 */
export function mirrorOf(base: string, {account}: {account: boolean}): Mirror | undefined {
  const hub = account ? {[DOCKER_HUB]: DOCKER_HUB} : {};
  const [from, source] =
    Object.entries({...open, ...hub}).find(([start]) => base.startsWith(start)) ?? [];
  if (from === undefined) return undefined;
  const [, path = "", version = ""] = /^([^:@]+)(.*)$/.exec(base.slice(from.length)) ?? [];
  return {
    name: path.split("/").at(-1)!,
    source: source + path,
    version,
    account: source === DOCKER_HUB,
  };
}
