/**
 * Makes cloud/azure/rules/replacement.json: `node cloud/azure/rules/replacement-data.ts FILE COMMIT`, where FILE is
 * provider/pkg/gen/replacement.go of https://github.com/pulumi/pulumi-azure-native at COMMIT. No package has it: its
 * npm package leaves it out, and its provider is no Go module that can be got.
 *
 * azure-native is under the Apache License 2.0, as Meridian is.
 */
import {readFileSync, writeFileSync} from "node:fs";

const [, , file, commit] = process.argv;
if (!file || !commit) throw new Error("Say where the list is: replacement-data.ts FILE COMMIT");

const [, replaced = "", kept = ""] = readFileSync(file, "utf8")
  .replaceAll(/\/\/.*$/gm, "")
  .split(/\bvar (?:noF|f)orceNewMap = /);
const [all, exceptions] = [replaced, kept].map(listsIn);
if (!all?.size) throw new Error(`${file} has no forceNewMap`);

const lines = [...all].flatMap(([type, listed]) => {
  const except = exceptions!.get(type) ?? [];
  const properties = listed.filter((one) => !except.includes(one));
  return properties.length > 0 ? [`"${type}": ${JSON.stringify(properties)}`] : [];
});
writeFileSync(
  new URL("replacement.json", import.meta.url),
  `{\n"source": "pulumi/pulumi-azure-native@${commit}",\n"types": {\n${lines.join(",\n")}\n}\n}\n`,
);

/** The properties in a map of maps of Go, by `network:PublicIPAddress`. */
function listsIn(text: string): ReadonlyMap<string, string[]> {
  const modules = [...text.matchAll(/"(\w+)": \{(.*?)^\t\},/gms)];
  const entries = modules.flatMap(([, module, body]) =>
    [...body!.matchAll(/"(\w+)":\s*codegen\.NewStringSet\((.*?)\)/gs)].map(
      ([, resource, list]): [string, string[]] => [
        `${module!.toLowerCase()}:${resource}`,
        [...list!.matchAll(/"(\w+)"/g)].map(([, property]) => property!),
      ],
    ),
  );
  return new Map(entries);
}
