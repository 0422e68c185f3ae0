import {X509Certificate} from "node:crypto";
import {z} from "zod";

/** PEM in regions.yaml: RFC 7468. */

const blocksOf = (text: string, label: string): string[] =>
  text.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`, "g")) ?? [];

const pem = z.string().refine((text) => !text.includes("PRIVATE KEY"), {
  error: "has a private key, which others may have read by now; take it out, and no longer use it",
  abort: true,
});

/** Certificates of authorities, one or more. */
export const authoritiesSchema = pem.superRefine((text, context) => {
  const blocks = blocksOf(text, "CERTIFICATE");
  const say = (message: string) => context.addIssue(message);
  if (blocks.length === 0)
    return say("has no certificate; put in PEM, from -----BEGIN CERTIFICATE----- on, behind a |");
  for (const [at, block] of blocks.entries()) {
    const certificate = certificateIn(block);
    if (!certificate)
      say(`has a certificate, number ${at + 1}, that cannot be read; copy it again, whole`);
    else if (!certificate.ca)
      say(`has a certificate, number ${at + 1}, of no authority; put in that of whoever issued it`);
  }
});

/** The certificates in a text that was read as PEM. */
export const certificatesIn = (text: string): X509Certificate[] =>
  blocksOf(text, "CERTIFICATE").flatMap((block) => certificateIn(block) ?? []);

function certificateIn(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}

/** Lists of revoked certificates, one or more. Whether they are whole, the edge says. */
export const revokedSchema = pem.refine((text) => blocksOf(text, "X509 CRL").length > 0, {
  error:
    "has no list of revoked certificates; put in PEM, from -----BEGIN X509 CRL----- on, behind a |",
});
