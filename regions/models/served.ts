import type {Region} from "../world.ts";

/** The models that a region serves, by whatever serves them: once for each deployment, host and pool of servers. */
export const servedIn = ({deployments, hosts, replicas}: Region): string[] =>
  [...deployments, ...hosts, ...replicas].map(({model}) => model);
