import assert from "node:assert/strict";
import {once} from "node:events";
import type {AddressInfo} from "node:net";
import {test} from "node:test";
import {connect, createServer} from "node:tls";
import {createAuthority} from "./certs.ts";

const HOST = "127.0.0.1";
const authority = await createAuthority();
const stranger = await createAuthority();

const names = ["completions.example.com", "*.openai.azure.com", HOST];
const cases: Record<string, {names: string[]; asked: string; ca?: string; verdict: string}> = {
  "a name": {names, asked: "completions.example.com", verdict: "trusted"},
  "a name under a wildcard": {names, asked: "one.openai.azure.com", verdict: "trusted"},
  "an address": {names, asked: HOST, verdict: "trusted"},
  "two labels under a wildcard": {
    names,
    asked: "a.b.openai.azure.com",
    verdict: "ERR_TLS_CERT_ALTNAME_INVALID",
  },
  "an address it was not issued for": {
    names: ["127.0.0.2"],
    asked: HOST,
    verdict: "ERR_TLS_CERT_ALTNAME_INVALID",
  },
  "another authority": {
    names,
    asked: HOST,
    ca: stranger.pem,
    verdict: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  },
};

for (const [name, {names, asked, verdict, ca = authority.pem}] of Object.entries(cases)) {
  test(`a client is shown ${name}: ${verdict}`, async (t) => {
    const {certificate, key} = await authority.issue(names);
    const server = createServer({cert: certificate, key}, (socket) => socket.end());
    server.on("tlsClientError", () => {});
    await once(server.listen(0, HOST), "listening");
    t.after(() => server.close());
    assert.equal(await judge((server.address() as AddressInfo).port, asked, ca), verdict);
  });
}

/** `trusted`, or the code of the client's error. */
function judge(port: number, asked: string, ca: string): Promise<string | undefined> {
  const socket = connect({port, host: HOST, ca, ...(asked === HOST ? {} : {servername: asked})});
  return new Promise((resolve) => {
    socket.on("secureConnect", () => resolve("trusted"));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}
