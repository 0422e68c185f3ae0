import {isMap} from "../../cloud/changes.ts";
import {MASK} from "../preview/mask.ts";

/** What is secret by its looks, where neither a program nor a type says so. */

const SECRET_KEY =
  /password|passphrase|secret|token|credential|connectionstring|kubeconfig|signature|pem$|(access|account|primary|secondary|shared|private|signing|sealing|api|storage|encryption|master)_?keys?\d?$/i;
/** What ends so is only about a secret: `secretName`. */
const ABOUT = /(name|id|uri|url|type|ref|class|path|version|lifetime|audience|seconds)s?$/i;

const isSecretKey = (key: string) => SECRET_KEY.test(key) && !ABOUT.test(key);

const SECRET_TEXTS = [
  /-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g,
  /\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g,
  /(?<=\b(sig|AccountKey|SharedAccessKey|Password|Pwd|client_secret|access_token)=)[^&;\s"']+/gi,
  /(?<=\b(password|passphrase|secret|token|api_?key)["']?\s*[:=](?!:)\s*["']?)[^\s"',;&{}[\]]{6,}/gi,
  /(?<=\b(Bearer|Basic) )[\w.~+/-]+=*/g,
  /\b(gh[a-z]_|github_pat_|sk-|meridian_)[\w.-]{16,}/g,
];

/** So long a run of these signs is a key and no name, if it has all three kinds. */
const LONG = /[A-Za-z\d+_-]{32,}={0,2}|(?<![\w/:.-])[A-Za-z\d+/]{40,}={0,2}/g;
const isRandom = (run: string) => /[A-Z]/.test(run) && /[a-z]/.test(run) && /\d/.test(run);

/** The text without what is secret by its looks. */
export const withoutSecrets = (text: string) =>
  SECRET_TEXTS.reduce((left, secret) => left.replace(secret, MASK), text).replaceAll(LONG, (run) =>
    isRandom(run) ? MASK : run,
  );

/** The tree without what stands under a secret's key, which is told to `found`. */
export function withoutSecretKeys(tree: unknown, found: (text: string) => void): unknown {
  if (Array.isArray(tree)) return tree.map((item) => withoutSecretKeys(item, found));
  if (!isMap(tree)) return tree;
  // As the variables of a container are written: {name, value}.
  const hide = (text: string) => {
    found(text);
    return MASK;
  };
  const isSecretValue = typeof tree.name === "string" && isSecretKey(tree.name);
  const entries = Object.entries(tree).map(([key, inner]) => [
    key,
    isSecretKey(key) || (isSecretValue && key === "value")
      ? changedTexts(inner, hide)
      : withoutSecretKeys(inner, found),
  ]);
  return Object.fromEntries(entries);
}

/** A tree with other texts, its keys among them. */
export function changedTexts(tree: unknown, change: (text: string) => string): unknown {
  if (typeof tree === "string") return change(tree);
  if (Array.isArray(tree)) return tree.map((item) => changedTexts(item, change));
  if (!isMap(tree)) return tree;
  const entries = Object.entries(tree).map(([key, inner]) => [key, changedTexts(inner, change)]);
  return Object.fromEntries(entries);
}
