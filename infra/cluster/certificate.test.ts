import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {smallWorld} from "../fixture.ts";
import {certificatePolicy, script} from "./certificate.ts";

/** Azure's words, as `az` prints them. */
const NOT_FOUND =
  "ERROR: (CertificateNotFound) A certificate with (name/id) edge was not found in this key vault.";
const FORBIDDEN = "ERROR: (Forbidden) Caller is not authorized to perform action on resource.";

interface Vault {
  /** The issuer of the certificate that is there, or why `az` does not tell. */
  readonly shows: {readonly issuer: string} | {readonly error: string};
  /** The authority that is asked for; none for an imported certificate. */
  readonly wants?: string;
}

const cases: Record<string, [vault: Vault, asked: boolean, code: number]> = {
  "none there": [{shows: {error: NOT_FOUND}}, true, 0],
  "an imported one there": [{shows: {issuer: "Unknown"}}, false, 0],
  "the first one there": [{shows: {issuer: "Self"}}, false, 0],
  "the vault shut": [{shows: {error: FORBIDDEN}}, false, 1],
  "the vault out of reach": [{shows: {error: "ERROR: connection timed out"}}, false, 1],
  "none there, of an authority": [{shows: {error: NOT_FOUND}, wants: "DigiCert"}, true, 0],
  "one of the authority there": [{shows: {issuer: "DigiCert"}, wants: "DigiCert"}, false, 0],
  "one of another authority there": [{shows: {issuer: "Self"}, wants: "DigiCert"}, true, 0],
  "the vault shut, of an authority": [{shows: {error: FORBIDDEN}, wants: "DigiCert"}, false, 1],
};
for (const [what, [vault, asked, code]] of Object.entries(cases))
  test(`a certificate is asked for where the vault says that there is none: ${what}`, (t) => {
    const run = runScript(t, vault);
    assert.deepEqual([run.asked, run.code], [asked, code], run.said);
  });

test("an imported certificate's first version is marked, and is never renewed over it", () => {
  const {issuerParameters, lifetimeActions, x509CertificateProperties} = certificatePolicy(
    smallWorld,
    smallWorld.regions[0]!,
  );
  assert.equal(issuerParameters.name, "Self");
  assert.match(x509CertificateProperties.subject, /, OU=Meridian first certificate$/);
  assert.deepEqual(
    lifetimeActions.map(({action}) => action.actionType),
    ["EmailContacts"],
  );
});

/** The job's script in a shell, with an `az` that answers as told. */
function runScript(t: TestContext, {shows, wants}: Vault) {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const shown = "error" in shows ? `echo "${shows.error}" >&2; exit 3` : `echo ${shows.issuer}`;
  const az = `#!/bin/sh
case "$*" in
  login*) ;;
  *"certificate show"*) ${shown} ;;
  *"certificate create"*"--policy @config/policy.json"*) touch asked ;;
  *) echo "unknown: $*" >&2; exit 2 ;;
esac
`;
  writeFileSync(join(folder, "az"), az);
  chmodSync(join(folder, "az"), 0o755);
  writeFileSync(join(folder, "token"), "token");
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    HOME: folder,
    ...{AZURE_CLIENT_ID: "c", AZURE_TENANT_ID: "t", AZURE_FEDERATED_TOKEN_FILE: "token"},
    ...{VAULT: "vault", CERTIFICATE: "edge"},
    ...(wants && {ISSUER: wants}),
  };
  const {status, stderr} = spawnSync("sh", ["-c", script], {cwd: folder, env, encoding: "utf8"});
  return {code: status, asked: existsSync(join(folder, "asked")), said: stderr};
}
