import assert from "node:assert/strict";
import {test} from "node:test";
import {causeOf} from "./cause.js";

const said: Record<string, [manager: "npm" | "pip", text: string, cause: string | undefined]> = {
  "a registry that nobody finds": [
    "npm",
    "npm error code ENOTFOUND\nnpm error request to https://registry.npmjs.org/zod failed",
    "npm's registry cannot be reached from here; connect to the network, or name a mirror: npm config set registry URL",
  ],
  "a proxy that reads along": [
    "npm",
    "npm error code SELF_SIGNED_CERT_IN_CHAIN",
    "npm's registry shows a certificate that is not trusted here, as behind a company's proxy; name the proxy's authority: export NODE_EXTRA_CA_CERTS=FILE",
  ],
  "the same of pip, which also says that it has no network": [
    "pip",
    "WARNING: connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'\nERROR: No matching distribution",
    "Python's package index shows a certificate that is not trusted here, as behind a company's proxy; name the proxy's authority: export PIP_CERT=FILE",
  ],
  "a name that is not found": [
    "pip",
    "WARNING: Failed to resolve: [Errno -3] Temporary failure in name resolution",
    "Python's package index cannot be reached from here; connect to the network, or name a mirror: export PIP_INDEX_URL=URL",
  ],
  "a mirror that asks who is there": [
    "npm",
    "npm error code E401",
    "npm's registry does not let you in; sign in to it, or name another: npm config set registry URL",
  ],
  "a full disk": ["npm", "npm error code ENOSPC", "the disk is full; make room"],
  "a folder of somebody else's": [
    "pip",
    "ERROR: [Errno 13] Permission denied: '/x'",
    "this user may not write there; take over the project's folder: sudo chown -R $(id -un) .",
  ],
  "what is its own": ["npm", "npm error code EUSAGE", undefined],
};

for (const [name, [manager, text, cause]] of Object.entries(said))
  test(`the cause is told: ${name}`, () => assert.equal(causeOf(manager, text), cause));
