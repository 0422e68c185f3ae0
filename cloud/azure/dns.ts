import {sole} from "../description.ts";
import {arm} from "./arm.ts";

export const dns = [
  arm("dns:Zone", {
    path: "Microsoft.Network/dnsZones/{zoneName}",
    purpose: "holds the hostname; protected",
    price: {dollars: 0.5},
    loss: sole("every name in the zone"),
    outputs: () => ({
      nameServers: ["com.", "net.", "org.", "info."].map(
        (end, i) => `ns${i + 1}-01.azure-dns.${end}`,
      ),
    }),
  }),
  arm<{zoneName: string; relativeRecordSetName: string}>("dns:RecordSet", {
    path: "Microsoft.Network/dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}",
    purpose: "points the hostname at the root profile",
    price: {use: "$0.40 for a million queries"},
    loss: sole("the hostname"),
    summary: (at) => [`${at("recordType")} ${at("cnameRecord.cname")}`, `${at("ttl")} s`],
    resourceType: "Microsoft.Network/dnsZones/CNAME",
    outputs: ({zoneName, relativeRecordSetName}) => ({
      fqdn: `${relativeRecordSetName}.${zoneName}.`,
    }),
  }),
];
