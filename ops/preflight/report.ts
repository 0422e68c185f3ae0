import {table} from "../../dns/table.ts";
import {counted, type Finding} from "./finding.ts";

/** The findings for people: a table, then how to mend each that is not ok. */
export function report(findings: readonly Finding[]): string {
  const rows = findings.map(({of, check, asked, status, found}) => [
    of,
    check,
    asked,
    status,
    found,
  ]);
  return [
    ...table([["for", "check", "asked", "", "found"], ...rows]),
    "",
    ...section("Short", findings, "short"),
    ...section("Unknown", findings, "unknown"),
    `${counted(findings)}.`,
    "",
  ].join("\n");
}

/** Findings that share a mend stand together. */
function section(
  title: string,
  findings: readonly Finding[],
  status: Finding["status"],
): readonly string[] {
  const wanted = findings.filter((finding) => finding.status === status);
  if (wanted.length === 0) return [];
  const groups = Map.groupBy(wanted, mendOf);
  const lines = [...groups].flatMap(([mend, group]) => [...group.map(fault), `    ${mend}`]);
  return [`${title}:`, ...lines, ""];
}

const fault = ({of, check, asked, found}: Finding) => `  ${of} ${check}: ${asked}: ${found}`;

const mendOf = ({mend = "", elsewhere}: Finding): string =>
  elsewhere ? `${mend}; nearest with room for all of the region: ${elsewhere}` : mend;
