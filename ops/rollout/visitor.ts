import {readFileSync} from "node:fs";
import {constants} from "node:http2";
import {request} from "node:https";
import {setTimeout as sleep} from "node:timers/promises";
import {createEditor, type Editor} from "../../editor/editor.ts";
import {receive} from "../../editor/received.ts";
import {openWire} from "../../editor/wire.ts";
import type {Question, Sample} from "./gate.ts";

/** A region, as its users reach it. */
export interface Target {
  readonly region: string;
  /** The region's own public name, which works whether or not DNS sends anybody there. */
  readonly publicName: string;
  /** A model that the region serves. */
  readonly model: string;
}

export interface VisitorOptions {
  readonly target: Target;
  /** The service's name, which its certificates are for. */
  readonly hostname: string;
  /** A file with a client's credential, read again for every token. */
  readonly credentialFile: string;
  /** A file with the client's certificate and its key, where the edge asks for one; read again for every connection. */
  readonly certificateFile?: string | undefined;
  /** How long a token is used before the next is fetched, on a connection of its own. */
  readonly renewMs: number;
  /** 443 if not given. */
  readonly port?: number;
}

/** A client of one region that asks everything in turn and reports how each went. */
export interface Visitor {
  /** Never rejects: the samples say what went wrong. */
  visit(): Promise<Sample[]>;
  close(): void;
}

const HTTPS = 443;
/** An editor gives up after so long. */
const TIMEOUT_MS = 10_000;
const PROMPT = "const total = items.reduce((sum, item) =>";

export function createVisitor({
  target: {region, publicName, model},
  hostname,
  credentialFile,
  certificateFile,
  renewMs,
  port = HTTPS,
}: VisitorOptions): Visitor {
  let editor: Editor | undefined;
  let renewAtMs = 0;

  function close() {
    editor?.connections.close();
    editor = undefined;
  }

  async function visit(): Promise<Sample[]> {
    const isLost = editor?.connections.addresses.length === 0;
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
    const wayMs = await editor.connections.roundTripMs();
    const {firstByteMs} = await editor.complete(PROMPT);
    return Math.max(0, firstByteMs - wayMs);
  }

  /** Cancels as soon as the service begins to answer; the connection must stay open. */
  async function cancel(): Promise<undefined> {
    const {stream, wire} = await (await signedIn()).ask(PROMPT);
    stream.once("response", () => stream.close(constants.NGHTTP2_CANCEL));
    const {status} = await receive(stream);
    if (status !== 200) throw new Error(`answered ${status}`);
    await wire.roundTripMs();
  }

  async function signedIn(): Promise<Editor> {
    if (!editor) {
      const open = () =>
        openWire({hostname, port, certificate: certificateIn(certificateFile)}, publicName);
      editor = createEditor({open, credential: credentialOf(credentialFile), model, stack: 2});
      renewAtMs = performance.now() + renewMs;
    }
    await editor.signIn();
    return editor;
  }

  return {visit, close};
}

/** Asks for the health page on a connection of its own, as Traffic Manager's probes do. */
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

/** Rejects where the work takes longer. */
function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const late = sleep(ms, undefined, {ref: false}).then(() => {
    throw new Error(`no answer within ${ms / 1000} s`);
  });
  return Promise.race([work, late]);
}

/** Reads a client's certificate, if any. Throws where the file has not both it and its key. */
export function certificateIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const pem = readFileSync(file, "utf8");
  if (pem.includes("BEGIN CERTIFICATE") && pem.includes("PRIVATE KEY")) return pem;
  throw new Error(`${file} has not both; write a client's certificate and its key into it, as PEM`);
}

/** Reads a client's credential. Throws where the file has none that a header can carry. */
export function credentialOf(file: string): string {
  const credential = readFileSync(file, "utf8").trim();
  if (/^[\x21-\x7e]+$/.test(credential)) return credential;
  const fault = credential ? "holds more than one word, or other than ASCII" : "is empty";
  throw new Error(`${file} ${fault}; write a client's credential into it`);
}

/** What went wrong, on one line and without the credential, even where an answer repeats it. */
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
