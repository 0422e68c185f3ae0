/** What containers ask for and may have, as the API server judges it. */
export interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** Path within a container, and what is wrong there, of each request that is over its limit. */
export function checkLimits({requests = {}, limits = {}}: Resources): [string, string][] {
  return Object.entries(requests).flatMap(([name, asked]): [string, string][] => {
    const limit = limits[name];
    if (limit === undefined || quantityOf(asked) <= quantityOf(limit)) return [];
    const reason = `Invalid value: "${asked}": must be less than or equal to ${name} limit of ${limit}`;
    return [["resources.requests", reason]];
  });
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const suffixes: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number that a quantity such as `250m` or `512Mi` is; not a number for anything else. */
export function quantityOf(text: string): number {
  const [, number, suffix = ""] = /^([\d.]+)([a-zA-Z]*)$/.exec(text) ?? [];
  return Number(number) * (suffixes[suffix] ?? Number.NaN);
}
