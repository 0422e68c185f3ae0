import type {DeploymentReading} from "./reading.ts";

/** How one model is served in a region: a line of the table. */
export interface ModelLine {
  readonly model: string;
  /** By whom its answers were made lately, most first; empty where nobody was answered. */
  readonly by: readonly {readonly name: string; readonly share: number}[];
  /** What is not well of its own deployments, and who else could serve. */
  readonly faults: readonly string[];
  readonly fallback: readonly string[];
  /** How many its proxies know of; left out of a model that has none. */
  readonly replicas?: number;
}

/** An answer that people had: a region's proxy had it from a host's deployment. */
export interface Answer {
  readonly region: string;
  /** The region of the model host. */
  readonly host: string;
  readonly deployment: string;
}

export function modelLines(
  region: string,
  deployments: readonly DeploymentReading[],
  answers: readonly Answer[],
): ModelLine[] {
  const here = answers.filter((answer) => answer.region === region);
  return [...Map.groupBy(deployments, ({model}) => model)].map(([model, all]) => {
    const own = all.filter(({isFallback}) => !isFallback);
    const fallback = all.filter(({isFallback}) => isFallback).map(({upstream}) => upstream);
    const names = here.flatMap((answer) => makerOf(region, answer, all) ?? []);
    return {
      model,
      by: sharesOf(names),
      faults: own.flatMap((one) => faultOf(one) ?? []),
      fallback: [...new Set(fallback)],
      ...(own.some(isReplica) && {replicas: own.filter(isReplica).length}),
    };
  });
}

/** Its own deployment by its name, another region's by the region. */
function makerOf(region: string, {host, deployment}: Answer, all: readonly DeploymentReading[]) {
  const found = all.find(
    ({name, upstream, isFallback}) =>
      name === deployment && (isFallback ? upstream === host : host === region),
  );
  return found && (found.isFallback ? found.upstream : found.name);
}

function sharesOf(names: readonly string[]): ModelLine["by"] {
  const counted = [...Map.groupBy(names, (name) => name)];
  return counted
    .map(([name, all]) => ({name, share: all.length / names.length}))
    .toSorted((a, b) => b.share - a.share);
}

/** `gpu-coder@10.1.2.3`: docs/models.md. */
const isReplica = ({upstream}: DeploymentReading) => upstream.includes("@");

function faultOf(deployment: DeploymentReading): string | undefined {
  const {share, waitS, absence} = deployment;
  const name = isReplica(deployment) ? deployment.upstream : deployment.name;
  if (absence) return `${name} ${absence}`;
  if (waitS > 0) return `${name} 429, ${waitS} s`;
  if (share === 0) return `${name} ejected`;
  return share < 1 ? `${name} returns, ${Math.round(100 * share)}%` : undefined;
}
