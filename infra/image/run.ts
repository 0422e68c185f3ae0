/** What Azure reports of a build: https://learn.microsoft.com/rest/api/containerregistry/runs/get */
export interface Run {
  readonly runId?: string;
  readonly status?: string;
  readonly outputImages?: readonly {
    readonly repository?: string;
    readonly tag?: string;
    readonly digest?: string;
  }[];
}

export interface Built {
  readonly host: string;
  readonly registryName: string;
  readonly stack: string;
  readonly repository: string;
  readonly hash: string;
}

/** The image that a build made, by tag and digest. Throws where it made none, with where to read why. */
export function referenceOf({status, runId, outputImages = []}: Run, built: Built): string {
  const {host, registryName, stack, repository, hash} = built;
  const image = `${repository}:${hash}`;
  const mend = `az acr task logs --registry ${registryName} --run-id ${runId} says why. Then remove its record, pulumi destroy --stack ${stack} --target '**build-${hash}', and run pulumi up again`;
  if (status !== "Succeeded") throw new Error(`${image} was not built: ${status}. ${mend}`);
  const digest = outputImages.find((one) => one.repository === repository)?.digest;
  if (!digest) throw new Error(`${image} was built without a digest. ${mend}`);
  return `${host}/${image}@${digest}`;
}
