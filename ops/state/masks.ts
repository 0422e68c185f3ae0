import {createHmac, createPublicKey} from "node:crypto";
import {parse} from "yaml";
import {z} from "zod";

/** What stands for a secret: the same for the same one, and good wherever the programs read the secret itself. */
export type Mask = (secret: string) => string;

/**
 * A private key in PEM becomes its public half, by which the programs make the same public keys of it. A
 * kubeconfig that signs in by a program stays, as it holds no secret. All else becomes 32 bytes in base64,
 * drawn by the salt: a sealing key's form.
 */
export function createMask(salt: string): Mask {
  return (secret) => {
    if (isKeyless(secret)) return secret;
    return publicHalf(secret) ?? createHmac("sha256", salt).update(secret).digest("base64");
  };
}

function publicHalf(pem: string): string | undefined {
  if (!pem.includes("PRIVATE KEY")) return undefined;
  try {
    return createPublicKey(pem).export({type: "spki", format: "pem"}) as string;
  } catch {
    return undefined;
  }
}

const keyless = z.object({
  kind: z.literal("Config"),
  users: z.array(z.strictObject({name: z.string(), user: z.strictObject({exec: z.object({})})})),
});

function isKeyless(text: string): boolean {
  if (!text.includes("Config")) return false;
  try {
    return keyless.safeParse(parse(text)).success;
  } catch {
    return false;
  }
}

/** How Pulumi marks what is not plain data in a deployment, and a secret among them. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** A deployment as `pulumi stack export --show-secrets` prints it, with each secret masked. */
export function maskedSecrets(tree: unknown, mask: Mask): unknown {
  return mapTree(tree, (object) => {
    if (object[SIGNATURE] !== SECRET) return undefined;
    if (typeof object.plaintext !== "string")
      throw new Error("a secret is still encrypted; export with --show-secrets");
    const value = maskedValues(JSON.parse(object.plaintext), mask);
    return {...object, plaintext: JSON.stringify(value)};
  });
}

/** All text in what is secret as a whole. */
function maskedValues(value: unknown, mask: Mask): unknown {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((one) => maskedValues(one, mask));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [
    key,
    key === SIGNATURE ? one : maskedValues(one, mask),
  ]);
  return Object.fromEntries(entries);
}

type Tree = Readonly<Record<string, unknown>>;

/** Replaces the objects for which there is a replacement. */
function mapTree(tree: unknown, replace: (object: Tree) => Tree | undefined): unknown {
  if (Array.isArray(tree)) return tree.map((one) => mapTree(one, replace));
  if (typeof tree !== "object" || tree === null) return tree;
  const replaced = replace(tree as Tree);
  if (replaced) return replaced;
  return Object.fromEntries(Object.entries(tree).map(([key, one]) => [key, mapTree(one, replace)]));
}
