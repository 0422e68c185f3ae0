import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {createAdmission} from "./admission.ts";

/** The ticket that is checked of a request with this header; undefined where it has none. */
function ticketOf(authorization: string): string | undefined {
  let ticket: string | undefined;
  const verify = (token: string) => {
    ticket = token;
    return {user: "u", id: "i", key: "k", models: [], expiresMs: 0};
  };
  const verifier = {verify, isOurs: () => true, replaceKeys() {}};
  const revoked = () => ({tokens: [], users: [], keys: []});
  try {
    void createAdmission({verifier, keys: undefined, revoked})({authorization});
  } catch (error) {
    assert.equal((error as {code: string}).code, "TOKEN_MISSING");
  }
  return ticket;
}

test("a ticket follows Bearer, whatever its case, after blanks, and has none in it", () => {
  const piece = fc.constantFrom(
    "Bearer",
    "bearer",
    "BEARER ",
    "Basic",
    " ",
    "\t",
    "\xa0",
    "a.b-c",
    "é",
    "",
  );
  const header = fc.array(piece, {maxLength: 5}).map((pieces) => pieces.join(""));
  const led = header.map((text) => `Bearer ${text}`);
  fc.assert(
    fc.property(fc.oneof(header, led), (text) => {
      assert.equal(ticketOf(text), /^Bearer +(\S+)$/i.exec(text)?.[1], JSON.stringify(text));
    }),
    {numRuns: 2000, seed: 1},
  );
});
