import "reflect-metadata";
import {randomBytes, type webcrypto} from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from "@peculiar/x509";
import {ALGORITHM, exportKey, generateKeys} from "../../cloud/certs.ts";
import type {Shown} from "./edge.rig.ts";

/** For tests: who gives developers their certificates. */
export interface ClientAuthority {
  readonly pem: string;
  /** A certificate that is good from `fromDays` to `toDays` after now, for clients unless another use is given. */
  issue(options?: {
    fromDays?: number;
    toDays?: number;
    use?: keyof typeof uses;
  }): Promise<IssuedShown>;
  /** Its list of revoked certificates, good until `toDays` after now. */
  revoke(revoked: readonly IssuedShown[], toDays?: number): Promise<string>;
  /** An authority below it. */
  below(): Promise<ClientAuthority>;
}

type IssuedShown = Required<Shown> & {readonly serialNumber: string};

const uses = {client: ExtendedKeyUsage.clientAuth, server: ExtendedKeyUsage.serverAuth} as const;
const after = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);

interface Parent {
  readonly certificate: X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

export async function createClientAuthority(parent?: Parent): Promise<ClientAuthority> {
  const keys = await generateKeys();
  const subject = `CN=developers ${randomBytes(4).toString("hex")}`;
  const certificate = await X509CertificateGenerator.create({
    ...{notBefore: after(-400), notAfter: after(400), subject, signingAlgorithm: ALGORITHM},
    issuer: parent?.certificate.subject ?? subject,
    publicKey: keys.publicKey,
    signingKey: parent?.key ?? keys.privateKey,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const self = {certificate, key: keys.privateKey};
  return {
    pem: certificate.toString("pem"),
    issue: ({fromDays = -1, toDays = 30, use = "client"} = {}) =>
      issue(self, {notBefore: after(fromDays), notAfter: after(toDays)}, use),
    revoke: async (revoked, toDays = 30) =>
      (
        await X509CrlGenerator.create({
          issuer: certificate.subject,
          thisUpdate: after(-30),
          nextUpdate: after(toDays),
          signingAlgorithm: ALGORITHM,
          signingKey: self.key,
          entries: revoked.map(({serialNumber}) => ({
            serialNumber,
            reason: X509CrlReason.keyCompromise,
          })),
        })
      )
        .toString("pem")
        // RFC 7468's label.
        .replaceAll(" CRL-----", " X509 CRL-----"),
    below: () => createClientAuthority(self),
  };
}

async function issue(
  {certificate, key}: Parent,
  lifetime: {notBefore: Date; notAfter: Date},
  use: keyof typeof uses,
): Promise<IssuedShown> {
  const keys = await generateKeys();
  const made = await X509CertificateGenerator.create({
    ...{...lifetime, issuer: certificate.subject, subject: "CN=ada"},
    ...{publicKey: keys.publicKey, signingKey: key, signingAlgorithm: ALGORITHM},
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([uses[use]]),
    ],
  });
  return {
    cert: made.toString("pem"),
    key: await exportKey(keys.privateKey),
    serialNumber: made.serialNumber,
  };
}
