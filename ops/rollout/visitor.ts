import {readFileSync} from "node:fs";
import {constants} from "node:http2";
import {request} from "node:https";
import {setTimeout as sleep} from "node:timers/promises";
import {createEditor, type Editor} from "../../editor/editor.ts";
import {openWire, receive} from "../../editor/wire.ts";
import type {Question, Sample} from "./gate.ts";

/** A region as its users reach it. */
export interface Target {
  readonly region: string;
  /** The region's own public name: DNS may send nobody there, and need not. */
  readonly publicName: string;
  /** One that the region serves. */
  readonly model: string;
}

export interface VisitorOptions {
  readonly target: Target;
  /** The service's, which certificates are for. */
  readonly hostname: string;
  /** Holds a client's credential; read again for every token. */
  readonly credentialFile: string;
  /** How long a token is used before the next is fetched, on a connection of its own. */
  readonly renewMs: number;
  /** That of HTTPS if not given. */
  readonly port?: number;
}

/** A client of one region that asks it everything in turn, and says what became of it. */
export interface Visitor {
  /** Never rejects: what goes wrong is in the samples. */
  visit(): Promise<Sample[]>;
  close(): void;
}

const HTTPS = 443;
/** An editor has given up by then. */
const TIMEOUT_MS = 10_000;
const PROMPT = "const total = items.reduce((sum, item) =>";

export function createVisitor({
  target: {region, publicName, model},
  hostname,
  credentialFile,
  renewMs,
  port = HTTPS,
}: VisitorOptions): Visitor {
  let editor: Editor | undefined;
  let renewAtMs = 0;

  function close() {
    editor?.close();
    editor = undefined;
  }

  async function visit(): Promise<Sample[]> {
    const isLost = editor?.addresses.length === 0;
    if (isLost || performance.now() > renewAtMs) close();
    return [
      await ask("health page", () => checkHealth({host: publicName, port, hostname})),
      await ask("completion", complete),
      await ask("cancel", cancel),
    ];
  }

  async function ask(asked: Question, work: () => Promise<number | undefined>): Promise<Sample> {
    try {
      const firstByteMs = await within(TIMEOUT_MS, work());
      return {region, asked, fault: undefined, ...(firstByteMs !== undefined && {firstByteMs})};
    } catch (error) {
      if (asked !== "health page") close();
      return {region, asked, fault: told(error as Error, credentialFile)};
    }
  }

  async function complete(): Promise<number> {
    const editor = await signedIn();
    const wayMs = await editor.roundTripMs();
    const {firstByteMs} = await editor.complete(PROMPT);
    return Math.max(0, firstByteMs - wayMs);
  }

  /** Types on as soon as the service begins to answer; the connection must live on. */
  async function cancel(): Promise<undefined> {
    const {stream, wire} = await (await signedIn()).ask(PROMPT);
    stream.once("response", () => stream.close(constants.NGHTTP2_CANCEL));
    const {status} = await receive(stream);
    if (status !== 200) throw new Error(`answered ${status}`);
    await wire.roundTripMs();
  }

  async function signedIn(): Promise<Editor> {
    if (!editor) {
      const open = () => openWire({hostname, port}, publicName);
      editor = createEditor({open, credential: credentialOf(credentialFile), model, stack: 2});
      renewAtMs = performance.now() + renewMs;
    }
    await editor.signIn();
    return editor;
  }

  return {visit, close};
}

/** By a connection of its own, as those who watch the region do. */
function checkHealth({
  host,
  port,
  hostname: servername,
}: {
  host: string;
  port: number;
  hostname: string;
}): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const headers = {host: servername};
    const asked = request({host, port, servername, path: "/healthz", headers, agent: false});
    asked.on("response", (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve(undefined);
      else reject(new Error(`answered ${answer.statusCode}`));
    });
    asked.setTimeout(TIMEOUT_MS, () => asked.destroy(new Error("no answer")));
    asked.on("error", reject).end();
  });
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const timer = new AbortController();
  const late = sleep(ms, undefined, {signal: timer.signal}).then(() => {
    throw new Error(`no answer within ${ms / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

/** As an editor has it. Throws where the file holds none. */
export function credentialOf(file: string): string {
  const credential = readFileSync(file, "utf8").trim();
  if (credential) return credential;
  throw new Error(`${file} is empty; write a client's credential into it`);
}

/** On one line, and whatever an answer repeats, the credential is not in it. */
function told({message, code}: NodeJS.ErrnoException, credentialFile: string): string {
  const line = (message || code || "failed").trim().replaceAll(/\s+/g, " ");
  return withoutSecret(line, credentialFile).slice(0, TOLD_CHARACTERS);
}

const TOLD_CHARACTERS = 160;

function withoutSecret(text: string, credentialFile: string): string {
  try {
    return text.replaceAll(credentialOf(credentialFile), "***");
  } catch {
    return text;
  }
}
