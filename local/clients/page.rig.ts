import {readFileSync} from "node:fs";

/** For tests: the page that users are sent, docs/editors.md, by its sections. */
export interface Section {
  readonly title: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

export interface Block {
  readonly language: string;
  readonly code: string;
}

/** The service, as the page calls it. */
export const SERVICE = "https://completions.example.com";

export function readPage(): Section[] {
  const text = readFileSync(new URL("../../docs/editors.md", import.meta.url), "utf8");
  return text.split(/^## /m).map((section) => ({
    title: section.slice(0, section.indexOf("\n")),
    text: section,
    blocks: [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({
      language: language!,
      code: code!,
    })),
  }));
}

/** Every address of the service that a text names. */
export const addressesIn = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/https:\/\/completions\.example\.com[^\s"'`,)]*/g)].map(([all]) => all),
  ),
];
