import {createHash} from "node:crypto";

/** What personal keys are sealed with: issuers hold it, and nobody else. */
export interface SealingKey {
  readonly id: string;
  /** Of AES-256. */
  readonly secret: Uint8Array;
}

const BYTES = 32;

/** Reads 32 random bytes in base64. Throws an Error that says nothing of what was read. */
export function readSealingKey(text: string): SealingKey {
  const plain = text.trim();
  const secret = Buffer.from(plain, "base64");
  if (secret.length !== BYTES || secret.toString("base64") !== plain)
    throw new Error(`The sealing key is not ${BYTES} bytes in base64; write openssl rand's.`);
  // Nothing of a random secret of this size can be told from its hash.
  return {id: createHash("sha256").update(secret).digest("base64url"), secret};
}
