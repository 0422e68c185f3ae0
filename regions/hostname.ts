import {z} from "zod";

/** Limits of RFC 1035, section 2.3.4. */
const MAX_LABEL = 63;
const MAX_NAME = 253;
/** The most labels of a zone in Azure DNS: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork */
const MAX_LABELS = 34;

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
/** Lower case, as Azure DNS compares names. The last label is not a number, so that an IP address is no name. */
const NAME = new RegExp(`^(?=.{1,${MAX_NAME}}$)(?!.*\\.\\d+$)(${LABEL}\\.)+${LABEL}$`);

/** A DNS name of at least two labels, without a trailing dot. */
export const hostname = z
  .string()
  .min(1, {abort: true})
  .regex(NAME, {error: ({input}) => reasons(String(input)).join("; ")});

/** A DNS name that can be a zone. */
export const zoneName = hostname.refine((name) => name.split(".").length <= MAX_LABELS, {
  error: `has more parts than Azure DNS takes in a zone, ${MAX_LABELS}; name one of fewer`,
});

/** Why a name is invalid, each reason with its remedy. */
function reasons(name: string): string[] {
  const host = /^\w+:\/\/(?:[^/@]*@)?([^/:?#]+)/.exec(name)?.[1] ?? /^([^/:]+)[/:]/.exec(name)?.[1];
  if (host !== undefined) return [`is an address; write the name alone: ${host}`];
  const plain = name.toLowerCase().replace(/\.$/, "");
  const labels = plain.split(".");
  const odd = labels.filter((label) => !/^(?!-)[a-z0-9-]+(?<!-)$/.test(label));
  const long = labels.filter(({length}) => length > MAX_LABEL);
  return [
    ...(name !== name.toLowerCase() ? [`has capitals; write ${name.toLowerCase()}`] : []),
    ...(name.endsWith(".") ? ["ends in a dot; leave it out"] : []),
    ...(labels.length === 1
      ? ["has one part; write a name in a zone: completions.example.com"]
      : []),
    ...(/\.\d+$/.test(plain) ? ["ends in a number, as addresses do; write a name"] : []),
    ...long.map(
      ({length}) =>
        `has a part of ${length} characters; a DNS name takes ${MAX_LABEL}, so shorten it`,
    ),
    ...odd.map(
      (label) => `has the part "${label}"; use a to z, digits and hyphens, no hyphen first or last`,
    ),
    ...(plain.length > MAX_NAME
      ? [`has ${plain.length} characters; a DNS name takes ${MAX_NAME}, so shorten it`]
      : []),
  ];
}
