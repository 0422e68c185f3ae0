import assert from "node:assert/strict";
import {test} from "node:test";
import {AUTHORITY, fileWith} from "../fixture.ts";
import {parseWorld} from "../read.ts";

const PERSON = `-----BEGIN CERTIFICATE-----
MIIBcDCCARagAwIBAgIUHRi93dO47ZPuVeVnKn04+KYavOcwCgYIKoZIzj0EAwIw
DjEMMAoGA1UEAwwDYWRhMCAXDTI2MTEyNjE1NTY1MFoYDzIxMjYxMTAyMTU1NjUw
WjAOMQwwCgYDVQQDDANhZGEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ0gkGn
5qNQC8CES5Nd3xm/A5M4k2FmD71wzr/NMb5HRgDwl6BpVPLLgVzk3UrW7Gy9jD9I
cVrfa925omQMn9C4o1AwTjAdBgNVHQ4EFgQUteh9jvnejygz5QlpFxzStlR/G30w
HwYDVR0jBBgwFoAUteh9jvnejygz5QlpFxzStlR/G30wDAYDVR0TAQH/BAIwADAK
BggqhkjOPQQDAgNIADBFAiBXbUQ4dwxetBEyko0oQ7BfHcFUTIzbDCVxi5iOiLPK
1QIhAM1QvloKJPEIplQc7D3pZppzXP1z5gtBxj1sJyCOT8Vr
-----END CERTIFICATE-----
`;
const LIST = "-----BEGIN X509 CRL-----\nMIH6\n-----END X509 CRL-----\n";

const fileOf = (certificates: object, region = "{}") =>
  fileWith({
    defaults: `edge: ${JSON.stringify({clientCertificates: certificates})}`,
    region,
  });

const refused: Record<string, [certificates: object, faults: string[]]> = {
  "a file's name, where PEM belongs": [
    {authorities: "authority.pem"},
    [
      'authorities: "authority.pem" has no certificate; put in PEM, from -----BEGIN CERTIFICATE----- on, behind a |',
    ],
  ],
  "a certificate that was cut": [
    {authorities: AUTHORITY + AUTHORITY.replace(/\nMIIB.*/, "")},
    [
      'authorities: "-----BEGIN CERTIFICATE-----…" has a certificate, number 2, that cannot be read; copy it again, whole',
    ],
  ],
  "a person's own": [
    {authorities: PERSON},
    [
      'authorities: "-----BEGIN CERTIFICATE-----…" has a certificate, number 1, of no authority; put in that of whoever issued it',
    ],
  ],
  "a key beside it": [
    {authorities: `${AUTHORITY}-----BEGIN PRIVATE KEY-----\n`},
    [
      'authorities: "-----BEGIN CERTIFICATE-----…" has a private key, which others may have read by now; take it out, and no longer use it',
    ],
  ],
  "a list that Envoy would not find": [
    {authorities: AUTHORITY, revoked: LIST.replaceAll("X509 ", "")},
    [
      'revoked: "-----BEGIN CRL-----…" has no list of revoked certificates; put in PEM, from -----BEGIN X509 CRL----- on, behind a |',
    ],
  ],
};

for (const [name, [certificates, faults]] of Object.entries(refused))
  test(`refused: ${name}`, () => {
    assert.throws(
      () => parseWorld(fileOf(certificates)),
      ({message}: Error) => {
        const told = message.matchAll(/defaults\.edge\.clientCertificates\.(.*)$/gm);
        assert.deepEqual(
          [...told].map(([, fault]) => fault),
          faults,
        );
        return true;
      },
    );
  });

test("taken: several authorities with words between them, and a list; a region's own before the defaults'", () => {
  const shared = {authorities: `of all:\n${AUTHORITY}the old one:\n${AUTHORITY}`, revoked: LIST};
  const own = {authorities: AUTHORITY};
  const region = `${JSON.stringify({edge: {clientCertificates: own}})}\n  westeurope: {}`;
  assert.deepEqual(
    parseWorld(fileOf(shared, region)).regions.map(({edge}) => edge.clientCertificates),
    [own, shared],
  );
});
