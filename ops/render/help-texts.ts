import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {join} from "node:path";

const root = join(import.meta.dirname, "../..");

/** The programs that package.json runs, by their files. */
export function programFiles(): string[] {
  const {scripts} = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const programs = /^node setup\/command\/run\.js (\S+\.ts)$/;
  return Object.values(scripts).flatMap((script) => programs.exec(script)?.[1] ?? []);
}

/** Each program says its help as it is imported. One process asks all of them, as they share most of what they load. */
const ASK = `
const [root, ...files] = process.argv.slice(1);
const texts = {};
process.setMaxListeners(0);
process.stdout.setMaxListeners(0);
const write = process.stdout.write;
for (const file of files) {
  process.argv = [process.execPath, file, "--help"];
  process.stdout.write = (text) => { texts[file] = (texts[file] ?? "") + text; return true; };
  await import(root + "/" + file);
}
process.stdout.write = write;
process.stdout.write(JSON.stringify(texts));
`;

/** The help of every command by the file of its program: a fresh clone can say it before anything is installed. */
export function helpTexts(): Record<string, string> {
  const args = ["--input-type=module", "--eval", ASK, root, ...programFiles()];
  return JSON.parse(execFileSync(process.execPath, args, {cwd: root, encoding: "utf8"}));
}
