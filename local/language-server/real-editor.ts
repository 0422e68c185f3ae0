import {pathToFileURL} from "node:url";
import {CancellationTokenSource, type MessageConnection} from "vscode-jsonrpc/node";
import type {RunningWorld} from "../world/world.ts";
import {connectServer, type Said} from "./connection.ts";
import {
  type Document,
  ghostText,
  type NextEdit,
  openDocument,
  type Suggestion,
} from "./document.ts";

/** A person at an editor with one open file and the unmodified language server of GitHub Copilot. */
export interface RealEditor {
  readonly said: Said;
  /** Each completion that it has asked for, once the response's status has come. */
  readonly requests: readonly Request[];
  /** `OK`, or why nobody is signed in. */
  status(): Promise<string>;
  /** Opens a file in place of the one that is open. */
  open(path: string, text: string): void;
  /** The open file's. */
  readonly text: string;
  type(text: string): void;
  /** The grey texts that are shown at the cursor. Rejects with code -32800 when `left` is aborted. */
  complete(asking?: Asking): Promise<readonly string[]>;
  /** The file as each edit that is proposed would leave it; none when `left` is aborted. */
  nextEdits(left?: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Asking {
  /** Asked for by a shortcut, not by typing. */
  readonly byHand?: boolean;
  /** Aborted when the user types on, which the editor tells the server. */
  readonly left?: AbortSignal;
}

export interface Request {
  /** Its `x-request-id`. */
  readonly id: string;
  readonly model: string;
  readonly status: number;
}

export interface RealEditorOptions {
  readonly program: string;
  readonly folder: string;
  readonly world: Pick<RunningWorld, "hostname" | "dns" | "authorityFile">;
  readonly credential: string;
  /** Has it ask for completions by chat-lib, which an experiment switches on for some users. */
  readonly chatLib?: boolean;
  /** Added to the variables that lead it to the world. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The language server's own kinds of trigger: see "Inline Completions" in its README. */
const BY_HAND = 1;
const AS_ONE_TYPES = 2;

export async function startRealEditor(options: RealEditorOptions): Promise<RealEditor> {
  const {program, folder} = options;
  const {rpc, said, close} = connectServer({program, folder, env: environment(options)});
  await initialize(rpc, settings(options));
  let document: Document | undefined;

  /** The open file and the cursor in it, in the terms of requests. */
  function here() {
    if (!document) throw new Error("no file is open; open one first");
    const {uri, version} = document.item;
    return {document, place: {textDocument: {uri, version}, position: document.cursor}};
  }

  async function complete({byHand = false, left}: Asking = {}) {
    const {document, place} = here();
    const params = {
      ...place,
      context: {triggerKind: byHand ? BY_HAND : AS_ONE_TYPES},
      formattingOptions: {tabSize: 2, insertSpaces: true},
    };
    const {items} = await ask<{items: readonly Suggestion[]}>(
      "textDocument/inlineCompletion",
      params,
      left,
    );
    return items.map((item) => ghostText(document, item));
  }

  async function nextEdits(left?: AbortSignal) {
    const {document, place} = here();
    const answer = await ask<{edits: readonly NextEdit[]}>(
      "textDocument/copilotInlineEdit",
      place,
      left,
    );
    return answer.edits.map(document.after);
  }

  async function ask<T>(method: string, params: object, left?: AbortSignal): Promise<T> {
    const source = new CancellationTokenSource();
    left?.addEventListener("abort", () => source.cancel());
    return await rpc.sendRequest<T>(method, params, source.token);
  }

  return {
    said,
    get requests() {
      return said.log.flatMap(requestOf);
    },
    status: async () => (await ask<{status: string}>("checkStatus", {})).status,
    open(path, text) {
      document = openDocument(pathToFileURL(path).href, "typescript", text);
      const {item} = document;
      void rpc.sendNotification("textDocument/didOpen", {textDocument: item});
      void rpc.sendNotification("textDocument/didFocus", {textDocument: {uri: item.uri}});
    },
    get text() {
      return here().document.item.text;
    },
    type: (text) => void rpc.sendNotification("textDocument/didChange", here().document.type(text)),
    complete,
    nextEdits,
    close,
  };
}

/** What leads the language server to a service, as docs/editors.md tells its users. */
export function leadingTo(hostname: string, credential: string): Record<string, string> {
  const service = `https://${hostname}/`;
  return {
    GH_COPILOT_TOKEN: credential,
    GH_COPILOT_API_URL: service,
    GH_COPILOT_SERVER_URL: service,
  };
}

/** The credential, where the service is, and the world's network in place of this machine's. */
function environment({world, credential, env}: RealEditorOptions): Record<string, string> {
  const network = new URL("../world/network.ts", import.meta.url).href;
  return {
    ...leadingTo(world.hostname, credential),
    DNS_SERVER: `${world.dns.host}:${world.dns.port}`,
    NODE_OPTIONS: `--import=${network} --disable-warning=ExperimentalWarning`,
    NODE_EXTRA_CA_CERTS: world.authorityFile,
    ...env,
  };
}

const settings = ({chatLib = false}: RealEditorOptions) => ({
  telemetry: {telemetryLevel: "off"},
  http: {proxyStrictSSL: true},
  github: {copilot: {internal: {useChatLibCompletions: chatLib}}},
});

async function initialize(rpc: MessageConnection, settings: object): Promise<void> {
  await rpc.sendRequest("initialize", {
    processId: process.pid,
    workspaceFolders: null,
    capabilities: {
      workspace: {configuration: true},
      window: {showDocument: {support: true}},
    },
    initializationOptions: {
      editorInfo: {name: "meridian", version: "0.1.0"},
      editorPluginInfo: {name: "tour", version: "0.1.0"},
    },
  });
  await rpc.sendNotification("initialized", {});
  await rpc.sendNotification("workspace/didChangeConfiguration", {settings});
}

/** Reads the line that it logs when the first bytes of a response arrive. */
function requestOf(line: string): Request[] {
  const [, id, model, status] =
    /^\[fetchCompletions\] Request (\S+) at <\S+\/engines\/([^/]+)\/completions> finished with (\d+) status/.exec(
      line,
    ) ?? [];
  return status === undefined ? [] : [{id: id!, model: model!, status: Number(status)}];
}
