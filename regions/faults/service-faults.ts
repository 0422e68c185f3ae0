import {clouds} from "../clouds/clouds.ts";
import {keyLifetime} from "../exchange.ts";
import {type Fault, isText, type Mapping, mapping, texts} from "../meaning.ts";

/** Faults in how the service's names fit together. */
export function serviceFaults(file: Mapping): Fault[] {
  const {hostname, zone, existing, tokens} = mapping(file.service);
  return [
    ...(isText(hostname) && isText(zone) ? zoneFaults(hostname, zone) : []),
    ...(isText(hostname) && issuersOf(file).length > 0 ? subjectFaults(hostname) : []),
    ...(isText(zone) ? existingZoneFaults(zone, mapping(existing).zone) : []),
    ...keyFaults(mapping(tokens)),
  ];
}

/** A name as DNS compares it. Capitals and a trailing dot are reported elsewhere. */
const plain = (name: string) => name.toLowerCase().replace(/\.$/, "");

/** Other faults of a name are reported elsewhere. */
const MANY_PARTS = /^[^.:/]+(\.[^.:/]+)+$/;

function zoneFaults(hostname: string, zone: string): Fault[] {
  const path = ["service", "hostname"];
  const [name, end] = [plain(hostname), plain(zone)];
  if (![name, end].every((one) => MANY_PARTS.test(one))) return [];
  // A CNAME excludes other records, and the apex of a zone has SOA and NS (RFC 1034, section 3.6.2).
  if (name === end)
    return [
      {
        path,
        message: `is the zone itself, where no CNAME can stand; name one in it: completions.${end}`,
      },
    ];
  if (name.endsWith(`.${end}`)) return [];
  return [
    {
      path,
      message: `"${hostname}" is not in the zone "${zone}"; name the zone that holds it`,
    },
  ];
}

/** The certificate authorities in the file. */
const issuersOf = ({defaults, regions}: Mapping) =>
  [defaults, ...Object.values(mapping(regions))].flatMap((one) =>
    texts(mapping(mapping(one).certificate).issuer),
  );

/** RFC 5280, appendix A.1: ub-common-name. */
const MAX_SUBJECT = 64;

function subjectFaults(hostname: string): Fault[] {
  const {length} = plain(hostname);
  if (length <= MAX_SUBJECT) return [];
  const message = `has ${length} characters, and a certificate is issued for ${MAX_SUBJECT} or fewer; shorten it, or import a certificate and leave certificate.issuer out`;
  return [{path: ["service", "hostname"], message}];
}

/** The record goes into the zone named by service.zone, in the resource group of the id; both must be one zone. */
function existingZoneFaults(zone: string, id: unknown): Fault[] {
  const name = isText(id) ? /\/dnszones\/([^/]+)$/i.exec(id)?.[1] : undefined;
  if (name === undefined || plain(name) === plain(zone)) return [];
  const message = `is the zone "${name}", and service.zone "${zone}"; make them one`;
  return [{path: ["service", "existing", "zone"], message}];
}

function keyFaults({exchange, keys}: Mapping): Fault[] {
  if (keys === undefined) return [];
  const {kind, issuer} = mapping(exchange);
  if (kind === "oidc" && isEntra(issuer)) return entraFaults(mapping(keys).lifetime);
  if (kind !== "introspection") return [];
  const message =
    "needs a login that introspection has none of; choose the exchange github or oidc, or leave keys out";
  return [{path: ["service", "tokens", "keys"], message}];
}

/** Of all clouds: users may sign in to another than the service is in. */
const ENTRA = Object.values(clouds).flatMap(({hosts, issuers}) => [hosts.login, ...issuers]);
const isEntra = (issuer: unknown) =>
  isText(issuer) && ENTRA.includes(URL.parse(issuer)?.hostname ?? "");

/** https://learn.microsoft.com/entra/identity-platform/refresh-tokens#token-lifetime */
const ENTRA_S = 90 * 86_400;

/** A key holds the refresh token of its sign-in. One out of bounds is reported elsewhere. */
function entraFaults(lifetime: unknown): Fault[] {
  const {data = 0} = keyLifetime.safeParse(lifetime);
  if (data <= ENTRA_S) return [];
  const message = "is longer than the 90 days that Entra's refresh tokens last; write 90d or less";
  return [{path: ["service", "tokens", "keys", "lifetime"], message}];
}
