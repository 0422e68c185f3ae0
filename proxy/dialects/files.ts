import type {Body} from "../rewrite/body.ts";

/** A file that a model is shown beside the one that is being written. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** As llama-server parts files where its model has no sign for it (tools/server/server-common.cpp, format_prompt_infill). */
const SNIPPET = "\n\n--- snippet ---\n\n";

/** The completion with the files before its prompt, for models that have no sign for them. */
export function withSnippets(body: Body, files: readonly SourceFile[]): Body {
  if (files.length === 0) return body;
  const shown = body.fork();
  shown.set("prompt", snippets(files) + body.get("prompt"));
  return shown;
}

export const snippets = (files: readonly SourceFile[]): string =>
  files.map(({text}) => text + SNIPPET).join("");

/**
 * The text with the files before it as Mistral's models are shown them, by a heading each: Continue,
 * core/autocomplete/templating/AutocompleteTemplate.ts.
 */
export function withHeadings(prefix: string, files: readonly SourceFile[]): string {
  if (files.length === 0) return prefix;
  const others = files.map(({path, text}) => `+++++ ${path}\n${text}\n\n`);
  return `${others.join("")}+++++ ${OPEN_FILE}\n${prefix}`;
}

/** What llama-server calls the file that is being written, of which no client tells a path. */
export const OPEN_FILE = "filename";
