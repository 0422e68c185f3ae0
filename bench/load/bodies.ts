import type {Size} from "../measures.ts";

/** Requests as editors send them: code before and after the cursor, and parameters of their own. */

const bodies = new Map<number, Buffer>();

/** A request of so many kilobytes (1,000 bytes), to the byte. */
export function bodyOf({kilobytes = 1}: Pick<Size, "kilobytes">): Buffer {
  const made = bodies.get(kilobytes) ?? makeBody(kilobytes * 1000);
  bodies.set(kilobytes, made);
  return made;
}

function makeBody(bytes: number): Buffer {
  const spent = Buffer.byteLength(textOf("", ""));
  const suffix = codeOf((bytes - spent) * SUFFIX_SHARE);
  const rest = bytes - Buffer.byteLength(textOf("", suffix));
  return Buffer.from(textOf(codeOf(rest), suffix));
}

/** An editor sends more of what is before the cursor than of what is behind it. */
const SUFFIX_SHARE = 0.2;

const textOf = (prompt: string, suffix: string) =>
  JSON.stringify({
    prompt,
    suffix,
    max_tokens: 500,
    temperature: 0,
    top_p: 1,
    n: 1,
    stop: ["\n"],
    stream: true,
    extra: {language: "typescript", next_indent: 0, trim_by_indentation: true},
    nwo: "meridian/bench",
  });

/** Code that takes so many bytes of JSON: each newline and each quote in it takes two. */
function codeOf(bytes: number): string {
  let code = "";
  for (let part = 1; escaped(code) < bytes; part++) code += functionOf(part);
  while (escaped(code) > bytes) code = code.slice(0, -1);
  return code.padEnd(code.length + Math.floor(bytes) - escaped(code));
}

const escaped = (text: string) => Buffer.byteLength(JSON.stringify(text)) - '""'.length;

const functionOf = (part: number) => `
/** Reads row ${part}; throws where it has no "name". */
export function readRow${part}(line: string): Row {
  const [name, count = "${part}"] = line.split("\\t");
  if (!name) throw new Error(\`row ${part}: "\${line}" has no name\`);
  return {name, count: Number(count), path: "C:\\\\rows\\\\${part}"};
}
`;
