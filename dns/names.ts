import {shortHash} from "../regions/names.ts";

/** The longest name of a profile and of its DNS label. */
export const NAME_LIMIT = 63;

/** A name with a suffix, cut to the limit. A cut name ends in a hash of the whole, so that no two are alike. */
export function fitted(whole: string, {end = "", limit}: {end?: string; limit: number}): string {
  if (whole.length + end.length <= limit) return whole + end;
  const cut = `-${shortHash(whole)}${end}`;
  return whole.slice(0, limit - cut.length) + cut;
}

/** The DNS label of each name. Names that would get the same label get a hash as well. */
export function labelsOf(named: readonly {readonly name: string}[]): Map<string, string> {
  const slug = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const bySlug = Map.groupBy(named, ({name}) => slug(name));
  const labelOf = (name: string) =>
    bySlug.get(slug(name))!.length === 1 || slug(name) === name
      ? slug(name)
      : `${slug(name)}-${shortHash(name)}`;
  return new Map(named.map(({name}) => [name, labelOf(name)]));
}
