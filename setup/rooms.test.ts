import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {dirname, join, normalize} from "node:path";
import {test} from "node:test";

/** From the top down: a file imports only from its own room or from those below it. */
const ROOMS = [
  "examples",
  "bench",
  "local",
  "ops",
  "cloud",
  "editor",
  "infra",
  "dns",
  "regions",
  "proxy",
  "setup",
] as const;

/** The only file of the proxy that other rooms may import: the image knows no more of them. */
const PROXY_DOOR = "proxy/policy.ts";

/** Files that may look inside the proxy: tests, their helpers, and what attacks or measures it. */
const LOOKS_INSIDE = /^bench\/|^local\/drills\/|\.(test|tour|rig|cases)\.ts$/;

/** The most files of one folder, tests included: more would be two subjects. */
const MAX_FILES = 32;

const root = join(import.meta.dirname, "..");
const tracked = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => existsSync(join(root, file)));
const sources = tracked.filter((file) => /\.(ts|js)$/.test(file) && file.includes("/"));

/** The files that a file imports, as paths from the root; type imports included. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = text.matchAll(/^(?:import|export)\b[^;]*?"(\.[^"]+)";|\bimport\("(\.[^"]+)"\)/gms);
  return [...found].map(([, whole, late]) => normalize(join(dirname(file), (whole ?? late)!)));
}

const imports = new Map(sources.map((file) => [file, importsOf(file)]));
const rank = (file: string) => ROOMS.indexOf(file.split("/")[0] as (typeof ROOMS)[number]);

test("every source is in a room", () => {
  assert.deepEqual(
    sources.filter((file) => rank(file) < 0),
    [],
  );
});

test("imports run downward", () => {
  const upward = [...imports].flatMap(([file, targets]) =>
    targets.filter((target) => rank(target) < rank(file)).map((target) => `${file} -> ${target}`),
  );
  assert.deepEqual(upward, []);
});

/** Each way from a file back to itself that a walk over all imports comes upon. */
function circles(): string[] {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): string[] => {
    if (way.includes(file)) return [[...way.slice(way.indexOf(file)), file].join(" -> ")];
    if (done.has(file)) return [];
    const found = (imports.get(file) ?? []).flatMap((target) => walk(target, [...way, file]));
    done.add(file);
    return found;
  };
  return sources.flatMap((file) => walk(file, []));
}

test("no file imports itself by way of others, not even for a type", () => {
  assert.deepEqual(circles(), []);
});

test("the proxy is an image of its own: others know its policy", () => {
  const inside = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => target.startsWith("proxy/") && target !== PROXY_DOOR)
      .filter(() => !file.startsWith("proxy/") && !LOOKS_INSIDE.test(file))
      .map((target) => `${file} -> ${target}`),
  );
  assert.deepEqual(inside, []);
});

test("what is shipped imports nothing of tests", () => {
  const tested = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => /\.(test|tour|rig|cases)\.ts$/.test(target))
      .filter(() => !/\.(test|tour|rig|cases)\.ts$/.test(file))
      .map((target) => `${file} -> ${target}`),
  );
  assert.deepEqual(tested, []);
});

test("a folder has one subject", () => {
  const folders = Map.groupBy(sources, dirname);
  const crowded = [...folders].filter(([, files]) => files.length > MAX_FILES);
  assert.deepEqual(
    crowded.map(([folder, files]) => `${folder}: ${files.length} files`),
    [],
  );
});
