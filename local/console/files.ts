import {readdirSync, readFileSync} from "node:fs";
import {extname, join} from "node:path";
import type {Routes} from "./server.ts";

const FOLDER = join(import.meta.dirname, "page");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The files that the browser loads, as they are; nothing else of the disk can be asked for. */
export function pageFiles(): Routes {
  const files = readdirSync(FOLDER).filter((file) => TYPES[extname(file)] !== undefined);
  return Object.fromEntries(
    files.map((file) => {
      const path = file === "index.html" ? "/" : `/${file}`;
      const type = TYPES[extname(file)]!;
      return [`GET ${path}`, () => ({type, body: readFileSync(join(FOLDER, file))})];
    }),
  );
}
