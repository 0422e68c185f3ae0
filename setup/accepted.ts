import {readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";

const PAGE = fileURLToPath(new URL("../docs/security.md", import.meta.url));

/** What a linter finds and is let be, as the table of docs/security.md explains it: ids of its checks, in order. */
export const acceptedOf = (linter: string): string[] =>
  [...readFileSync(PAGE, "utf8").matchAll(/^\| ([\w-]+) \| `([\w-]+)` \| (.+) \|$/gm)]
    .filter(([, name, , why]) => name === linter && why)
    .map(([, , id]) => id!)
    .sort();
