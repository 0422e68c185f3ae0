import {createHash, createPrivateKey} from "node:crypto";

/** A private key that signs nothing, PEM: the same each time, so that two runs differ by what was changed. */
export function exampleKey(): string {
  // RFC 8410, section 7: what comes before the 32 bytes of an Ed25519 key.
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const bytes = createHash("sha256").update("preview").digest();
  const key = createPrivateKey({
    key: Buffer.concat([prefix, bytes]),
    format: "der",
    type: "pkcs8",
  });
  return key.export({type: "pkcs8", format: "pem"}) as string;
}

/** A secret that seals nothing, in base64; the same each time too. */
export const exampleSealingKey = (): string =>
  createHash("sha256").update("preview of keys").digest("base64");
