/** A file that is open in an editor, in LSP's terms. The cursor is at its end. */
export interface Document {
  /** The parameter of `textDocument/didOpen`. */
  readonly item: {
    readonly uri: string;
    readonly languageId: string;
    readonly version: number;
    readonly text: string;
  };
  readonly cursor: Position;
  /** The text of the cursor's line from character `from` to the cursor. */
  before(from: number): string;
  /** The file's text as an edit would leave it. */
  after(edit: NextEdit): string;
  /** Adds a text at the cursor, and returns the parameter of `textDocument/didChange`. */
  type(text: string): object;
}

interface Position {
  readonly line: number;
  /** In UTF-16 code units, which LSP and JavaScript both count by. */
  readonly character: number;
}

interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A text to insert, and the range that it replaces. */
export interface Suggestion {
  readonly insertText: string;
  readonly range: Range;
}

/** The same, anywhere in the file. */
export interface NextEdit {
  readonly text: string;
  readonly range: Range;
}

export function openDocument(uri: string, languageId: string, begun: string): Document {
  let text = begun;
  let version = 1;
  const lines = () => text.split("\n");
  const cursor = (): Position => ({
    line: lines().length - 1,
    character: lines().at(-1)!.length,
  });

  const offsetOf = ({line, character}: Position) =>
    [...lines().slice(0, line), ""].join("\n").length + character;

  function type(added: string) {
    const at = cursor();
    version++;
    text += added;
    return {
      textDocument: {uri, version},
      contentChanges: [{range: {start: at, end: at}, text: added}],
    };
  }

  return {
    get item() {
      return {uri, languageId, version, text};
    },
    get cursor() {
      return cursor();
    },
    after: ({text: added, range: {start, end}}) =>
      text.slice(0, offsetOf(start)) + added + text.slice(offsetOf(end)),
    before: (from) => lines().at(-1)!.slice(from),
    type,
  };
}

/** The grey text that an editor shows after the cursor: what the suggestion adds to the line. */
export function ghostText(document: Document, {insertText, range}: Suggestion): string {
  const typed = document.before(range.start.character);
  return insertText.startsWith(typed) ? insertText.slice(typed.length) : insertText;
}
