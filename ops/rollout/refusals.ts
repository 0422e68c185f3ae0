/** As pulumi heads what a policy refuses: `- [mandatory]  no-keys  (azure-native:keyvault:Vault: vault)`. */
const HEAD = /^- \[mandatory\] +(\S+) +\((.+)\)$/;

/** What policies refused, by an engine's log: the first of it in full; undefined if nothing. */
export function refusalIn(log: string): string | undefined {
  const lines = log.split("\n").map((line) => line.trim());
  const heads = lines.flatMap((line, at) => (HEAD.test(line) ? [at] : []));
  const [first] = heads;
  if (first === undefined) return undefined;
  const [, policy, resource] = HEAD.exec(lines[first]!)!;
  const rest = lines.slice(first + 1);
  const end = rest.findIndex((line) => line === "" || line.startsWith("- ["));
  const said = rest.slice(0, end < 0 ? undefined : end).join(" ");
  const more = heads.length > 1 ? `; and ${heads.length - 1} more` : "";
  return `policy ${policy} refuses ${resource}: ${said}${more}`;
}
