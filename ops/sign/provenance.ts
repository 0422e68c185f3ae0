import type {Context} from "../../infra/image/context.ts";

/** Where an image came from. */
export interface Origin {
  /** The host of the registry that built it. */
  readonly registry: string;
  /** Address of the repository. */
  readonly source: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** Address of the run of CI that had it built. */
  readonly run: string;
}

/**
 * What is said of how an image was made: https://slsa.dev/spec/v1.0/provenance. The registry's task is what
 * builds it; what it is given to build is made of the commit's sources alone.
 */
export const provenanceOf = (
  {repository, hash, base}: Context,
  {registry, source, commit, run}: Origin,
) => ({
  buildDefinition: {
    buildType: `${source}/blob/main/docs/supply-chain.md`,
    externalParameters: {repository, tag: hash},
    resolvedDependencies: [
      {uri: `git+${source}@${commit}`, digest: {gitCommit: commit}},
      baseOf(base),
    ],
  },
  runDetails: {
    builder: {id: `https://${registry}`},
    metadata: {invocationId: run},
  },
});

function baseOf(base: string) {
  const sha256 = base.split("@sha256:")[1];
  return {uri: `docker://${base}`, ...(sha256 && {digest: {sha256}})};
}
