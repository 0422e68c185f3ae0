import {until} from "../../setup/until.ts";
import type {Asking, RealEditor, Request} from "./real-editor.ts";
import type {Words} from "./words.rig.ts";

/** For tests: someone who writes in an editor and sees what it shows. */
export interface Writer {
  /** Every grey text so far. */
  readonly shown: readonly string[];
  /** Types a key that no suggestion begins with, so that what is shown is not the rest of the last one, and asks. */
  complete(asking?: Asking): Promise<readonly string[]>;
  /** Does so again and again until something is shown. */
  untilShown(): Promise<void>;
  /** Asks for an answer that stops in the middle, and resolves once the editor has its beginning. */
  begin(asking?: Asking): Promise<Begun>;
}

export interface Begun {
  readonly request: Request;
  /** What is shown once the answer has ended, however it ends. */
  readonly texts: Promise<readonly string[]>;
}

const KEYS = "qwertyuiopdfghjklzxcvnm";

export function createWriter(editor: RealEditor, words: Words): Writer {
  const shown: string[] = [];
  let typed = 0;

  async function complete(asking?: Asking) {
    editor.type(KEYS[typed++ % KEYS.length]!);
    const texts = await editor.complete(asking);
    shown.push(...texts);
    return texts;
  }

  async function begin(asking?: Asking): Promise<Begun> {
    const {length} = editor.requests;
    words.hold();
    const texts = complete(asking);
    // The caller waits for it later.
    texts.catch(() => {});
    await until(() => editor.requests.length > length);
    return {texts, request: editor.requests[length]!};
  }

  return {
    shown,
    complete,
    begin,
    untilShown: () => until(async () => (await complete()).length > 0),
  };
}
