import {shortHash} from "../regions/names.ts";

/** Of a profile and of its DNS label. */
export const NAME_LIMIT = 63;

/** A name with its end, within the limit. A cut one keeps a hash of the whole, so that two still differ. */
export function fitted(whole: string, {end = "", limit}: {end?: string; limit: number}): string {
  if (whole.length + end.length <= limit) return whole + end;
  const cut = `-${shortHash(whole)}${end}`;
  return whole.slice(0, limit - cut.length) + cut;
}

/** What each name is in DNS. Where two would be called the same, they carry a hash of their names. */
export function labelsOf(named: readonly {readonly name: string}[]): Map<string, string> {
  const slug = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const bySlug = Map.groupBy(named, ({name}) => slug(name));
  const labelOf = (name: string) =>
    bySlug.get(slug(name))!.length === 1 || slug(name) === name
      ? slug(name)
      : `${slug(name)}-${shortHash(name)}`;
  return new Map(named.map(({name}) => [name, labelOf(name)]));
}
