import {globSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {gunzipSync} from "node:zlib";

export interface Reference {
  readonly $ref: string;
}

interface Property {
  readonly type: Reference;
  readonly flags: number;
  readonly description?: string;
}

export type Properties = Readonly<Record<string, Property>>;

/** https://github.com/Azure/bicep-types, src/bicep-types/src/types.ts */
export interface Type {
  readonly $type: string;
  readonly name?: string;
  readonly value?: string;
  readonly body?: Reference;
  readonly itemType?: Reference;
  readonly elements?: readonly Reference[] | Readonly<Record<string, Reference>>;
  readonly properties?: Properties;
  readonly baseProperties?: Properties;
  readonly additionalProperties?: Reference;
  readonly discriminator?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

export interface Published {
  /** What references are places in. */
  readonly all: readonly Type[];
  readonly body: Reference;
}

/**
 * What is published of a type, `Microsoft.KeyVault/vaults@2024-11-01`. The folder is a checkout, where several parts of
 * a provider may have files of one version, or holds a gzipped file for each provider and version:
 * keyvault_2024-11-01.json.gz.
 */
export function publishedTypes(folder: string, type: string): Published {
  const [path = "", version] = type.toLowerCase().split("@");
  const [provider = ""] = path.split("/");
  const zipped = `${provider.replace("microsoft.", "")}_${version}.json.gz`;
  const files = globSync([`generated/*/${provider}/${version}/types.json`, zipped], {cwd: folder});
  for (const file of files) {
    const all = typesIn(join(folder, file));
    const body = all.find(({name}) => name?.toLowerCase() === type.toLowerCase())?.body;
    if (body) return {all, body};
  }
  const where =
    files.length > 0 ? `not in ${files.join(", ")}` : "there is no file of that version";
  throw new Error(`${folder} has no ${type}: ${where}. Check out a newer Azure/bicep-types-az.`);
}

function typesIn(file: string): readonly Type[] {
  const bytes = readFileSync(file);
  return JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString());
}
