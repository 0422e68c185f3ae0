import {mkdirSync} from "node:fs";
import {join} from "node:path";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import {startProcess} from "../world/process.ts";

/** What the server has told its editor, and through it the user. */
export interface Said {
  readonly log: readonly string[];
  /** Pop-ups, and addresses of pages that it wanted to open. */
  readonly messages: readonly string[];
  /** Every state of the icon in the status bar, oldest first. */
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
  /** Shuts the server down as LSP prescribes, and resolves once the process is gone. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** The language server's `language-server.js`. */
  readonly program: string;
  /** An empty folder that serves as its home. */
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

/** Keeps in `folder` what the server would keep in its user's home. */
function homes(folder: string): Record<string, string> {
  const names = ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"];
  const entries = names.map((name) => [name, join(folder, name.toLowerCase())] as const);
  for (const [, path] of entries) mkdirSync(path, {recursive: true});
  return Object.fromEntries(entries);
}

/** Requests that are not named here are refused as JSON-RPC prescribes: method not found. */
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
  // It has been sent all settings already, and asks for more.
  rpc.onRequest("workspace/configuration", ({items}) => items.map(() => null));
  return {log, messages, statuses};
}
