import {locations} from "../azure.ts";
import {type Fault, isText, type Mapping, mapping, nearest, texts} from "../meaning.ts";

/** What is wrong with the service's names among each other. */
export function serviceFaults(file: Mapping): Fault[] {
  const {hostname, zone, home, existing} = mapping(file.service);
  return [
    ...(isText(home) && !locations.has(home) ? [notLocation(["service", "home"], home)] : []),
    ...(isText(hostname) && isText(zone) ? zoneFaults(hostname, zone) : []),
    ...(isText(hostname) && issuersOf(file).length > 0 ? subjectFaults(hostname) : []),
    ...(isText(zone) ? existingZoneFaults(zone, mapping(existing).zone) : []),
  ];
}

export function notLocation(path: Fault["path"], name: string): Fault {
  return {
    path,
    message: `"${name}" is not an Azure location; ${nearest(name, [...locations.keys()])}`,
  };
}

/** As DNS compares names: capitals and a last dot are faults of their own. */
const plain = (name: string) => name.toLowerCase().replace(/\.$/, "");

/** What is no name is told as that. */
const MANY_PARTS = /^[^.:/]+(\.[^.:/]+)+$/;

function zoneFaults(hostname: string, zone: string): Fault[] {
  const path = ["service", "hostname"];
  const [name, end] = [plain(hostname), plain(zone)];
  if (![name, end].every((one) => MANY_PARTS.test(one))) return [];
  // RFC 1034, section 3.6.2: beside a CNAME there is nothing, and a zone begins with SOA and NS.
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

/** Authorities that are asked for a certificate. */
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

/** The record is made in the zone that service.zone names, in the group of the one that the id names. */
function existingZoneFaults(zone: string, id: unknown): Fault[] {
  const name = isText(id) ? /\/dnszones\/([^/]+)$/i.exec(id)?.[1] : undefined;
  if (name === undefined || plain(name) === plain(zone)) return [];
  const message = `is the zone "${name}", and service.zone "${zone}"; make them one`;
  return [{path: ["service", "existing", "zone"], message}];
}
