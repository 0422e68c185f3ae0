import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {addressFaults, baseOf, policySchema} from "../../proxy/policy.ts";
import {parseWorld} from "../../regions/read.ts";
import {WorldError} from "../../regions/world-error.ts";
import {policyOf} from "./proxy.ts";

const fileWith = (...urls: string[]) => `service:
  name: meridian
  hostname: completions.example.com
  zone: example.com
  objective: {success: 99.5%, firstByte: 400ms}
  tokens: {exchange: {kind: github, organizations: [acme]}}
models: {coder: {host: url, model: qwen}}
defaults:
  cluster: {nodes: 3-12, size: Standard_D4ds_v5}
  proxies: 3-30
  hosts: [${urls.map((url) => `{model: coder, url: ${JSON.stringify(url)}}`).join(", ")}]
regions: {eastus2: {}}
`;

/** As regions.yaml completes it; its faults where it does not. */
function written(url: string): {url: string} | {faults: string[]} {
  try {
    return {url: parseWorld(fileWith(url)).regions[0]!.hosts[0]!.url};
  } catch (error) {
    assert.ok(error instanceof WorldError, String(error));
    return {faults: error.message.split("\n").slice(1)};
  }
}

const world = parseWorld(fileWith("https://h.example.com"));

/** As a proxy's policy has it. */
function read(url: string): {url: string} | {faults: string[]} {
  const policy = policyOf(world, world.regions[0]!);
  const upstreams = {...policy.upstreams, "coder-1": {...policy.upstreams["coder-1"]!, url}};
  const {data, error} = policySchema.safeParse({...policy, upstreams});
  return data
    ? {url: data.upstreams["coder-1"]!.url}
    : {faults: error!.issues.map(({message}) => message)};
}

const taken: Record<string, string> = {
  "https://h.example.com": "https://h.example.com",
  "https://h.example.com/": "https://h.example.com",
  "https://h.example.com/v1": "https://h.example.com",
  "https://h.example.com/v1/": "https://h.example.com",
  "https://h.example.com/api/v1//": "https://h.example.com/api",
  "https://h.example.com/v1/v1": "https://h.example.com",
  "https://h.example.com/openai/v1": "https://h.example.com/openai",
  "https://h.example.com/v1beta": "https://h.example.com/v1beta",
  "https://h.example.com/av1": "https://h.example.com/av1",
  "https://h.example.com/v1/tenant": "https://h.example.com/v1/tenant",
  "HTTPS://H.Example.com:443/V": "https://h.example.com/V",
  "https://h.example.com:8443/v1": "https://h.example.com:8443",
  "https://h.example.com/v1?": "https://h.example.com",
  "https://[fd00::1]/v1": "https://[fd00::1]",
  [`https://h.example.com${"/".repeat(60)}v`]: `https://h.example.com${"/".repeat(60)}v`,
};

for (const [url, base] of Object.entries(taken))
  test(`${url} is ${base}, in regions.yaml and in a policy`, () => {
    assert.deepEqual([written(url), read(url)], [{url: base}, {url: base}]);
  });

const refused: Record<string, [shown: string, fault: string]> = {
  "https://h.example.com/?key=secret": [
    "https://h.example.com/?…",
    "has a query; leave out the ? and what follows",
  ],
  "https://h.example.com/v1#top": [
    "https://h.example.com/v1#top",
    "has a fragment; leave out the # and what follows",
  ],
  "https://user:secret@h.example.com": [
    "https://…@h.example.com",
    "carries a user name or a password; take it out",
  ],
  "https://h.example.com:0": [
    "https://h.example.com:0",
    "has the port 0; name the one that is listened on",
  ],
  "https://h.example.com/v1/chat/completions": [
    "https://h.example.com/v1/chat/completions",
    "ends in /v1/chat/completions, which is added to it; leave that out",
  ],
  "https://h.example.com/openai/v1/completions/": [
    "https://h.example.com/openai/v1/completions/",
    "ends in /v1/completions/, which is added to it; leave that out",
  ],
};

for (const [url, [shown, fault]] of Object.entries(refused))
  test(`${shown} is told with its mend, and without its secret`, () => {
    const place = `  - 11:26 defaults.hosts.0.url: "${shown}"`;
    assert.deepEqual(
      [written(url), read(url)],
      [{faults: [`${place} ${fault}`]}, {faults: [fault]}],
    );
  });

test("all that is wrong with an address is told at once", () => {
  const faults = addressFaults("https://u:p@h.example.com:0/?a=b#c");
  assert.deepEqual(
    faults.map((fault) => fault.split(";")[0]),
    ["carries a user name or a password", "has a query", "has a fragment", "has the port 0"],
  );
});

test("one host in two spellings is one host", () => {
  assert.throws(() => parseWorld(fileWith("https://h.example.com/v1/", "https://H.example.com")), {
    message:
      "regions.yaml is not valid:\n  - 11:61 defaults.hosts.1: coder is at https://h.example.com twice; remove one",
  });
});

test("whatever an address is, regions.yaml and policies have it alike, and once more changes nothing", () => {
  const part = (choice: readonly string[]) => fc.constantFrom(...choice);
  const urls = fc
    .tuple(
      part(["https://", "https://", "https://", "ftp://", "https:", "https:\\\\", ""]),
      part(["", "", "", "u@", "u:p@"]),
      part(["h.example.com", "H", "[::1]", "10.0.0.1", "é.example.com", ""]),
      part(["", "", ":443", ":8000", ":0", ":x"]),
      fc.array(part(["/", "/v1", "/v", "/api", "/v11", "/completions", "/%2F", "/é"]), {
        maxLength: 4,
      }),
      part(["", "", "?", "?a", "#", "#b"]),
    )
    .map((parts) => parts.flat().join(""));
  let count = 0;
  fc.assert(
    fc.property(urls, (url) => {
      const [one, other] = [written(url), read(url)];
      if ("faults" in one || "faults" in other) {
        assert.equal("faults" in one, "faults" in other, url);
        return;
      }
      count++;
      assert.equal(one.url, other.url);
      assert.equal(baseOf(one.url), one.url);
      assert.doesNotMatch(`${one.url}/v1/completions`, /\/v1\/+v1\/completions$|[?#]/);
      assert.equal(new URL(one.url).host, new URL(url).host);
    }),
    {numRuns: 500},
  );
  assert.ok(count > 10, `${count}`);
});
