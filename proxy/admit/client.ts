import {createHash} from "node:crypto";
import {ProxyError} from "../errors.ts";
import type {Fields} from "../http2/fields.ts";
import type {ClientRule, When} from "../policy.ts";

/** A program and its version, as in `vscode/1.96.0`; the version is empty where none was told. */
export interface Product {
  readonly name: string;
  readonly version: readonly number[];
}

/** What asks: the editor, and the plugin in it. */
export interface Client {
  readonly editor: Product;
  readonly plugin: Product;
}

/** Who asks for what, as far as rules tell requests apart. */
export interface Asker {
  readonly model: string;
  readonly user: string;
  readonly client: Client;
  readonly language: string | undefined;
}

type Range = When["versions"];

export function clientOf(headers: Fields): Client {
  return {
    editor: productOf(headers["editor-version"]),
    plugin: productOf(headers["editor-plugin-version"]),
  };
}

/** Users have few editors, and each request names its own. */
const products = new Map<string, Product>();
const MAX_KEPT = 1000;
const MAX_KEPT_LENGTH = 64;

function productOf(header: string | string[] | undefined): Product {
  const text = typeof header === "string" ? header : "";
  const known = products.get(text);
  if (known) return known;
  const [name = "", version = ""] = text.split("/", 2);
  const product = {name: name.toLowerCase(), version: numbersOf(version)};
  if (products.size >= MAX_KEPT) products.clear();
  if (text.length <= MAX_KEPT_LENGTH) products.set(text, product);
  return product;
}

/** The dotted numbers that a version begins with: `1.60.0-insider` is 1.60.0. */
function numbersOf(version: string): number[] {
  const digits = /^\d{1,9}(\.\d{1,9}){0,3}/.exec(version)?.[0];
  return digits ? digits.split(".").map(Number) : [];
}

/** Throws CLIENT_REFUSED for a client that a rule turns away. */
export function checkClient(client: Client, rules: readonly ClientRule[]): void {
  for (const rule of rules) {
    if (rule.editor !== undefined && rule.editor !== client.editor.name) continue;
    if (rule.plugin !== undefined && rule.plugin !== client.plugin.name) continue;
    const {version} = rule.plugin === undefined ? client.editor : client.plugin;
    if (!isWithin(version, rule)) continue;
    throw new ProxyError("CLIENT_REFUSED", {status: rule.status, message: rule.text});
  }
}

/** Whether a rule concerns a request. `salt` makes shares of different rules fall on different users. */
export function concerns(when: When, asker: Asker, salt: string): boolean {
  const {editor} = asker.client;
  return (
    holds(when.models, asker.model) &&
    holds(when.editors, editor.name) &&
    holds(when.languages, asker.language ?? "") &&
    isWithin(editor.version, when.versions) &&
    (when.share === 100 || pointOf(asker.user, salt) < when.share)
  );
}

function holds(list: readonly string[], name: string): boolean {
  return list.length === 0 || list.includes(name);
}

/** A version that was not told is in no range. */
function isWithin(version: readonly number[], {from, below}: Range): boolean {
  if (from === undefined && below === undefined) return true;
  if (version.length === 0) return false;
  return (
    (from === undefined || compare(version, boundOf(from)) >= 0) &&
    (below === undefined || compare(version, boundOf(below)) < 0)
  );
}

/** Those of the policy's ranges: few, and asked for at each request. */
const bounds = new Map<string, readonly number[]>();

function boundOf(version: string): readonly number[] {
  const known = bounds.get(version);
  if (known) return known;
  if (bounds.size >= MAX_KEPT) bounds.clear();
  const numbers = numbersOf(version);
  bounds.set(version, numbers);
  return numbers;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Where a user stands between 0 and 100: always the same for a salt, evenly spread over users. */
export function pointOf(user: string, salt: string): number {
  const hash = createHash("sha256").update(`${salt}\0${user}`).digest();
  return (hash.readUInt32BE() / 2 ** 32) * 100;
}
