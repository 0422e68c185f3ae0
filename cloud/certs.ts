import "reflect-metadata";
import {randomBytes, type webcrypto} from "node:crypto";
import {isIP} from "node:net";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** The certificate authority that all parts of a local world trust. Its key never leaves the process. */
export interface Authority {
  /** Its certificate. */
  readonly pem: string;
  /** A server's certificate for DNS names (`*.` at the front allowed) and IP addresses; its subject is empty if not given. */
  issue(names: readonly string[], subject?: string): Promise<Issued>;
}

export interface Issued {
  /** PEM, without the authority's. */
  readonly certificate: string;
  /** PKCS #8 PEM; a file that holds it belongs to its owner alone. */
  readonly key: string;
}

/** What every key of these signs by. */
export const ALGORITHM = {name: "ECDSA", namedCurve: "P-256", hash: "SHA-256"};
const DAY_MS = 24 * 60 * 60 * 1000;
/** A world that is to stay up longer has to be restarted. */
const LIFETIME_DAYS = 30;

/** Makes a certificate authority of its own, new each time. */
export async function createAuthority(): Promise<Authority> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...lifetime(),
    // A new name each time, or a client that also trusts an older authority would confuse the two.
    name: `CN=Meridian local world ${randomBytes(4).toString("hex")}`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    pem: certificate.toString("pem"),
    issue: (names, subject) => issue(certificate, keys.privateKey, names, subject),
  };
}

async function issue(
  authority: X509Certificate,
  signingKey: CryptoKey,
  names: readonly string[],
  subject = "",
): Promise<Issued> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    ...lifetime(),
    issuer: authority.subject,
    subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      // Critical, as RFC 5280 4.2.1.6 demands where the subject is empty.
      new SubjectAlternativeNameExtension(names.map(alternative), true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    ],
  });
  return {certificate: certificate.toString("pem"), key: await exportKey(keys.privateKey)};
}

function alternative(value: string): {type: "ip" | "dns"; value: string} {
  return {type: isIP(value) ? "ip" : "dns", value};
}

function lifetime(): {notBefore: Date; notAfter: Date} {
  const now = Date.now();
  // A day back: clocks of a container and its host may differ.
  return {notBefore: new Date(now - DAY_MS), notAfter: new Date(now + LIFETIME_DAYS * DAY_MS)};
}

export async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await crypto.subtle.generateKey(ALGORITHM, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
}

/** As PKCS #8 PEM. */
export async function exportKey(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}
