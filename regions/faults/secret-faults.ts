import {type Fault, isText, list, type Mapping, mapping} from "../meaning.ts";
import {CERTIFICATE, OWN_SECRETS} from "../name-rules.ts";

/**
 * Secret names with two meanings in one vault. A host's key is sent to the host, so it must never be one of our
 * own secrets. Key Vault ignores case.
 */
export function secretFaults(file: Mapping): Fault[] {
  const defaults = mapping(file.defaults);
  return Object.entries(mapping(file.regions)).flatMap(([name, region]) =>
    vaultFaults(mapping(region), ["regions", name], defaults),
  );
}

/** A use of a name, and where it stands. */
interface Said {
  readonly name: string;
  readonly path: Fault["path"];
}

function vaultFaults(region: Mapping, own: Fault["path"], defaults: Mapping): Fault[] {
  const certificate = certificateOf(region, own, defaults);
  const keys = keysOf(region, own, defaults);
  const isOwn = ({name}: Said) => OWN_SECRETS.includes(name.toLowerCase());
  return [
    ...[certificate, ...keys].filter(isOwn).map(({name, path}) => ({
      path,
      message: `"${name}" is a secret that Meridian keeps in the vault; choose another name`,
    })),
    ...keys
      .filter((key) => isSame(key, certificate))
      .map(({name, path}) => ({
        path,
        message: `"${name}" is the edge's certificate, which is nothing for a host; name another secret`,
      })),
    ...keys.flatMap((key, at) => {
      const other = keys.slice(0, at).find((other) => isSame(other, key));
      if (!other || other.name === key.name) return [];
      return [
        {path: key.path, message: `"${key.name}" is "${other.name}" to Key Vault; write it so`},
      ];
    }),
  ];
}

const isSame = (a: Said, b: Said) => a.name.toLowerCase() === b.name.toLowerCase();

function certificateOf(region: Mapping, own: Fault["path"], defaults: Mapping): Said {
  const [mine, shared] = [region, defaults].map(({certificate}) => mapping(certificate).name);
  if (isText(mine)) return {name: mine, path: [...own, "certificate", "name"]};
  return {name: isText(shared) ? shared : CERTIFICATE, path: ["defaults", "certificate", "name"]};
}

function keysOf(region: Mapping, own: Fault["path"], defaults: Mapping): Said[] {
  const [hosts, path] =
    region.hosts === undefined ? [defaults.hosts, ["defaults"]] : [region.hosts, own];
  return list(hosts).flatMap((host, at) => {
    const {key} = mapping(host);
    return isText(key) ? [{name: key, path: [...path, "hosts", at, "key"]}] : [];
  });
}
