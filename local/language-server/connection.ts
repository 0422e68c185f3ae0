import {mkdirSync} from "node:fs";
import {join} from "node:path";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import {startProcess} from "../world/process.ts";

/** What the server has said to its editor, and through it to the user. */
export interface Said {
  readonly log: readonly string[];
  /** Pop-ups, and pages that it wanted shown. */
  readonly messages: readonly string[];
  /** Of the icon in the status bar, one after the other. */
  readonly statuses: readonly Status[];
}

export interface Status {
  readonly kind: "Normal" | "Warning" | "Error" | "Inactive";
  readonly busy: boolean;
  readonly message?: string;
}

export interface Connection {
  readonly rpc: MessageConnection;
  readonly said: Said;
  /** Says goodbye, as LSP has it; resolves once the process is gone. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** The language server's `language-server.js`. */
  readonly program: string;
  /** Where it finds a home, empty and its own. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

const GRACE_MS = 2000;

/** Starts a language server and speaks LSP with it over its standard input and output. */
export function connectServer({program, folder, env}: ConnectionOptions): Connection {
  const running = startProcess({
    command: process.execPath,
    args: [program, "--stdio"],
    cwd: folder,
    env: {...homes(folder), ...env},
    talks: true,
  });
  const {stdin, stdout} = running.child;
  const rpc = createMessageConnection(
    new StreamMessageReader(stdout!),
    new StreamMessageWriter(stdin!),
  );
  const said = listen(rpc);
  rpc.listen();
  void running.ended.then(() => rpc.dispose());

  async function close() {
    await Promise.race([rpc.sendRequest("shutdown").catch(() => {}), running.ended]);
    await rpc.sendNotification("exit").catch(() => {});
    await running.stop(GRACE_MS);
  }

  return {rpc, said, close};
}

/** What it would keep in its user's home is kept in `folder`. */
function homes(folder: string): Record<string, string> {
  const names = ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"];
  const entries = names.map((name) => [name, join(folder, name.toLowerCase())] as const);
  for (const [, path] of entries) mkdirSync(path, {recursive: true});
  return Object.fromEntries(entries);
}

/** What it asks that is not named here is refused as JSON-RPC has it: method not found. */
function listen(rpc: MessageConnection): Said {
  const log: string[] = [];
  const messages: string[] = [];
  const statuses: Status[] = [];
  rpc.onNotification("window/logMessage", ({message}) => void log.push(message));
  rpc.onNotification("window/showMessage", ({message}) => void messages.push(message));
  rpc.onNotification("didChangeStatus", (status) => void statuses.push(status));
  rpc.onRequest("window/showMessageRequest", ({message}) => {
    messages.push(message);
    return null;
  });
  rpc.onRequest("window/showDocument", ({uri}) => {
    messages.push(uri);
    return {success: false};
  });
  // It was told all that there is, and asks again: nothing more.
  rpc.onRequest("workspace/configuration", ({items}) => items.map(() => null));
  return {log, messages, statuses};
}
