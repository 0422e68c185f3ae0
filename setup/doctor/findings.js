/**
 * What a machine has, or lacks: with what the lack costs and what mends it.
 *
 * @typedef {object} Finding
 * @property {string} what
 * @property {"ok" | "lacks" | "stops"} how `stops`: nothing runs without it
 * @property {string} text what was found, or what its absence costs
 * @property {string} [mend] a command, or what to do
 */

/**
 * A line for each, its mend below it, and in the end what that comes to.
 *
 * @param {readonly Finding[]} findings
 */
export function report(findings) {
  const width = Math.max(...findings.map(({what}) => what.length));
  const signs = {ok: "ok   ", lacks: "lacks", stops: "STOPS"};
  const lines = findings.flatMap(({what, how, text, mend}) => [
    `${signs[how]}  ${what.padEnd(width)}  ${text}`,
    ...(mend ? [`${" ".repeat(width + 9)}mend: ${mend}`] : []),
  ]);
  return `${[...lines, "", ending(findings)].join("\n")}\n`;
}

/** @param {readonly Finding[]} findings */
function ending(findings) {
  const count = (/** @type {Finding["how"]} */ how) =>
    findings.filter((finding) => finding.how === how).length;
  if (count("stops") > 0) return "Mend what STOPS first, then: npm start";
  if (count("lacks") === 0) return "Nothing is missing. Go on by: npm start";
  return "Go on by: npm start. What this machine lacks costs what it says, and nothing more.";
}
