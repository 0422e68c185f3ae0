import {parse, stringify} from "yaml";
import {createMask, type Mask, maskedSecrets} from "./masks.ts";

/** A stack's state and secret settings as a branch may see them. */
export interface View {
  /** As `pulumi stack import` takes it, but for what encrypts its secrets. */
  readonly state: {readonly version: number; readonly deployment: object};
  readonly config: Readonly<Record<string, string>>;
}

/** As `pulumi stack export` and `pulumi config --json` print them with --show-secrets. */
export interface Exported {
  readonly state: {readonly version: number; readonly deployment: object};
  readonly config: Readonly<Record<string, {readonly value?: string; readonly secret?: boolean}>>;
}

/** No shorter secret is looked for: it would be found by chance. */
const SHORTEST = 8;

/** Masks what is secret. Throws where a secret stands elsewhere in the state, and so was not marked as one. */
export function viewOf({state, config}: Exported, salt: string): View {
  const mask = createMask(salt);
  const seen = new Map<string, string>();
  const noting: Mask = (secret) => {
    const masked = mask(secret);
    if (masked !== secret) seen.set(secret, masked);
    return masked;
  };
  const secrets = Object.entries(config).filter(
    ([, {secret, value}]) => secret && value !== undefined,
  );
  const {secrets_providers: _, ...deployment} = state.deployment as {secrets_providers?: unknown};
  const view: View = {
    state: {version: state.version, deployment: maskedSecrets(deployment, noting) as object},
    config: Object.fromEntries(secrets.map(([key, {value}]) => [key, noting(value!)])),
  };
  const text = JSON.stringify(view);
  for (const secret of seen.keys())
    if (linesOf(secret).some((line) => text.includes(JSON.stringify(line).slice(1, -1))))
      throw new Error("a secret stands in the state in plain text too; nothing is written");
  return view;
}

/** The lines of a secret that are its own: not the frame of a PEM file. */
const linesOf = (secret: string) =>
  secret.split("\n").filter((line) => line.length >= SHORTEST && !line.startsWith("-----"));

/** Writes a view's state so that a backend takes it whose stack encrypts by a passphrase. */
export function importable({state}: View, salt: string): string {
  const secrets_providers = {type: "passphrase", state: {salt}};
  return JSON.stringify({...state, deployment: {...state.deployment, secrets_providers}});
}

/**
 * A stack's configuration with what is masked in place of its secrets, and nothing that encrypts. `unknown`
 * are the secret settings of which the view knows nothing; they are left out.
 */
export function readableConfig(yaml: string, {config}: View) {
  const {encryptionsalt: _, encryptedkey: __, secretsprovider: ___, ...rest} = parse(yaml) ?? {};
  const unknown: string[] = [];
  const entries = Object.entries((rest.config ?? {}) as Record<string, unknown>).flatMap(
    ([key, value]) => {
      if (!isEncrypted(value)) return [[key, value]];
      const masked = config[key];
      if (masked === undefined) unknown.push(key);
      return masked === undefined ? [] : [[key, masked]];
    },
  );
  return {yaml: stringify({...rest, config: Object.fromEntries(entries)}), unknown};
}

const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "secure" in value;
