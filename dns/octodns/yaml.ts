/** A JSON value; keys whose value is undefined are left out. */
export type Value =
  | string
  | number
  | boolean
  | readonly Value[]
  | {readonly [key: string]: Value | undefined};

/**
 * Block YAML that readers of 1.1 and of 1.2 take alike, octoDNS's among them: what is not plainly a name
 * is quoted. The zone of 40 regions has thousands of lines, for which a writer of all that YAML can be
 * takes longer than all the rest.
 */
export function block(value: Value, indent = ""): string {
  if (!isNested(value)) return `${indent}${scalar(value)}\n`;
  if (Array.isArray(value))
    return value.map((item) => `${indent}- ${block(item, `${indent}  `).trimStart()}`).join("");
  return Object.entries(value)
    .map(([key, inner]) => entry(key, inner, indent))
    .join("");
}

function entry(key: string, value: Value | undefined, indent: string): string {
  if (value === undefined) return "";
  if (!isNested(value)) return `${indent}${scalar(key)}: ${scalar(value)}\n`;
  return `${indent}${scalar(key)}:\n${block(value, `${indent}  `)}`;
}

const isNested = (value: Value): boolean =>
  typeof value === "object" && Object.keys(value).length > 0;

/** A JSON string is a double-quoted YAML scalar. */
const scalar = (value: Value): string =>
  typeof value === "string" && NAME.test(value) && !WORDS.test(value)
    ? value
    : JSON.stringify(value);

const NAME = /^[A-Za-z][\w./-]*$/;
/**
 * What YAML 1.1 reads as something else (https://yaml.org/type/bool.html, https://yaml.org/type/null.html),
 * and e1, which some take for a number.
 */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|e\d+)$/i;
