import {readFileSync} from "node:fs";

/** What azure-native declares of a type: `keyvault:Vault`. */
export function declarationOf(type: string): string {
  const path = type.replace(/:(.)/, (_, first: string) => `/${first.toLowerCase()}`);
  const code = import.meta.resolve(`@pulumi/azure-native/${path}.js`);
  return readFileSync(new URL(code.replace(/js$/, "d.ts")), "utf8");
}

/** The API version that azure-native asks for. */
export const versionIn = (declaration: string) =>
  /Uses Azure REST API version ([\w-]+)/.exec(declaration)![1]!;
