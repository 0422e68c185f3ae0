import {dayAt, daysUntil} from "../day.ts";
import {certificatesIn} from "../text/pem.ts";
import type {World} from "../world.ts";

/** Enough to issue a successor and to give every client a certificate of it. */
const NOTICE_DAYS = 90;

/** What is to be said of the authorities of clients' certificates: once for all regions of a text. */
export function authorityWarnings({regions}: World, nowMs: number): string[] {
  const texts = Map.groupBy(regions, ({edge}) => edge.clientCertificates?.authorities ?? "");
  return [...texts].flatMap(([text, all]) => {
    const names = all.map(({name}) => name).join(", ");
    return endsOf(text, nowMs).map((end) => `edge.clientCertificates of ${names}: ${end}`);
  });
}

function endsOf(text: string, nowMs: number): string[] {
  return certificatesIn(text).flatMap(({subject, validTo}) => {
    const end = dayAt(Date.parse(validTo));
    const days = daysUntil(validTo, nowMs);
    if (days > NOTICE_DAYS) return [];
    const name = subject.replaceAll("\n", ", ");
    const mend = "add its successor, and give clients certificates of that one";
    return days <= 0
      ? [`${name} is out of date since ${end}, and lets no client in; ${mend}`]
      : [`${name} lets clients in for ${days} more days, until ${end}; ${mend}`];
  });
}
