import {execFile} from "node:child_process";
import {fileURLToPath} from "node:url";
import {findSigner} from "../../setup/cosign.js";

/** What can be attested of an image, in cosign's words. */
export type Attestation = "slsaprovenance1" | "cyclonedx";

/** Signs images by digest, and reads the signatures that they bear in their registry. */
export interface Cosign {
  /** Resolves to why no signature of the public key can be read; undefined where there is one. */
  unsigned(image: string, publicKey: string): Promise<string | undefined>;
  unattested(image: string, publicKey: string, what: Attestation): Promise<string | undefined>;
  /** By a key in a vault, `azurekms://VAULT-HOST/NAME`, or in a file. */
  sign(image: string, key: string): Promise<void>;
  attest(image: string, key: string, what: Attestation, predicate: object): Promise<void>;
}

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Nothing is told to Sigstore's public log, which would name the registry, or asked of its services. */
const alone = [
  "--yes",
  ...["--signing-config", pathOf("signing-config.json")],
  ...["--trusted-root", pathOf("trusted-root.json")],
];
/** The public key is in this variable of cosign's environment, which it reads by its name. */
const KEY = "MERIDIAN_IMAGE_KEY";
const known = ["--key", `env://${KEY}`, "--insecure-ignore-tlog"];
/** Signs in to the registry as Azure's libraries do, or as `az acr login` did. */
const signedIn = "--k8s-keychain";

const LIMIT_MS = 2 * 60_000;

export function createCosign(program = findSigner("cosign")): Cosign {
  const verify = async (words: readonly string[], image: string, publicKey: string) => {
    const {fault} = await run([...words, ...known, signedIn, image], {[KEY]: publicKey});
    return fault;
  };

  async function put(words: readonly string[], image: string, input = ""): Promise<void> {
    const {fault} = await run([...words, ...alone, signedIn, image], {}, input);
    if (fault) throw new Error(`cosign ${words[0]} ${image}: ${fault}`);
  }

  function run(args: readonly string[], env: Readonly<Record<string, string>>, input = "") {
    const options = {env: {...process.env, ...env}, timeout: LIMIT_MS, maxBuffer: 1 << 26};
    return new Promise<{readonly fault: string | undefined}>((resolve) => {
      if (!program) return resolve({fault: MISSING});
      const child = execFile(program, args, options, (error, _, stderr) =>
        resolve({fault: error ? faultOf(stderr, error) : undefined}),
      );
      // One that ends before it has read what it is given says why by itself.
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
    });
  }

  return {
    unsigned: (image, publicKey) => verify(["verify"], image, publicKey),
    unattested: (image, publicKey, what) =>
      verify(["verify-attestation", "--type", what], image, publicKey),
    sign: (image, key) => put(["sign", "--key", key], image),
    attest: (image, key, what, predicate) =>
      put(
        ["attest", "--key", key, "--type", what, "--predicate", "-"],
        image,
        JSON.stringify(predicate),
      ),
  };
}

const MISSING =
  "cosign is not there; node setup/main.js cosign builds it with Go, or put one of version 3 on PATH";

/** Its own word for what was wrong. */
const faultOf = (stderr: string, {message}: Error) =>
  /^Error: (.+)$/m.exec(stderr)?.[1] ?? (stderr.trim().split("\n").at(-1) || message);
