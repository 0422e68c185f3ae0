import assert from "node:assert/strict";
import {test} from "node:test";
import {armOrigin} from "./origin.ts";

const origins: Record<string, string> = {
  "https://management.azure.com": "https://management.azure.com",
  "https://management.usgovcloudapi.net/": "https://management.usgovcloudapi.net",
  "http://127.0.0.1:8080": "http://127.0.0.1:8080",
  "http://127.9.9.9": "http://127.9.9.9",
  "http://[::1]:8080": "http://[::1]:8080",
};
for (const [text, origin] of Object.entries(origins))
  test(`${text} may be asked`, () => assert.equal(armOrigin(text), origin));

const refusals: Record<string, string> = {
  "http://management.azure.com": "is not https",
  "http://127.0.0.1.example.com": "is not https",
  "http://10.0.0.1": "is not https",
  "ftp://127.0.0.1": "is not https",
  "https://user:pass@management.azure.com": "has more than a host",
  "https://management.azure.com/subscriptions": "has more than a host",
  "https://management.azure.com?x": "has more than a host",
  "management.azure.com": "is not an address",
};
for (const [text, why] of Object.entries(refusals))
  test(`${text} ${why}`, () => {
    assert.throws(() => armOrigin(text), {
      message: `--arm ${text}: ${why}; write an origin such as https://management.azure.com`,
    });
  });
