import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {fileWith} from "./fixture.ts";
import {hostname, zoneName} from "./hostname.ts";
import {parseWorld} from "./read.ts";

const part = (length: number) => "a".repeat(length);
const parts = (count: number) => Array(count).fill("a").join(".");

const names: Record<string, string | undefined> = {
  "completions.example.com": undefined,
  "a.b": undefined,
  "1.a-b.xn--p1ai": undefined,
  [`${part(63)}.example.com`]: undefined,
  [`${`${part(61)}.`.repeat(4)}abcde`]: undefined,
  [`${part(64)}.example.com`]: "has a part of 64 characters; a DNS name takes 63, so shorten it",
  [`${`${part(61)}.`.repeat(4)}abcdef`]: "has 254 characters; a DNS name takes 253, so shorten it",
  "Completions.Example.com": "has capitals; write completions.example.com",
  "completions.example.com.": "ends in a dot; leave it out",
  localhost: "has one part; write a name in a zone: completions.example.com",
  "10.0.0.1": "ends in a number, as addresses do; write a name",
  "https://a.example.com/v1": "is an address; write the name alone: a.example.com",
  "https://u:p@a.example.com": "is an address; write the name alone: a.example.com",
  "a.example.com:443": "is an address; write the name alone: a.example.com",
  "*.example.com": 'has the part "*"; use a to z, digits and hyphens, no hyphen first or last',
  "a..example.com": 'has the part ""; use a to z, digits and hyphens, no hyphen first or last',
  "a_b.-c.example.com":
    'has the part "a_b"; use a to z, digits and hyphens, no hyphen first or last; has the part "-c"; use a to z, digits and hyphens, no hyphen first or last',
  "müller.example.com":
    'has the part "müller"; use a to z, digits and hyphens, no hyphen first or last',
};

for (const [name, fault] of Object.entries(names))
  test(`${name.slice(0, 70)} ${fault ?? "is a name"}`, () => {
    const {error} = hostname.safeParse(name);
    assert.deepEqual(error?.issues.map(({message}) => message) ?? [], fault ? [fault] : []);
  });

test("a zone has no more parts than Azure DNS takes", () => {
  assert.ok(zoneName.safeParse(parts(34)).success);
  assert.equal(
    zoneName.safeParse(parts(35)).error?.issues[0]?.message,
    "has more parts than Azure DNS takes in a zone, 34; name one of fewer",
  );
});

test("whatever it is, it is a name by RFC 1123, or the reason is told", () => {
  const texts = fc.oneof(
    fc.string(),
    fc
      .array(fc.oneof(fc.constantFrom("a", "-", "1", "A", "_", ""), fc.string({maxLength: 70})))
      .map((labels) => labels.join(".")),
    fc.domain(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const {success, error} = hostname.safeParse(text);
      if (success) {
        assert.equal(new URL(`https://${text}`).hostname, text);
        assert.ok(text.split(".").every(({length}) => length <= 63) && text.length <= 253);
      } else if (text !== "")
        for (const {message} of error!.issues) assert.match(message, /^(is|has|ends) .+/);
    }),
    {numRuns: 500},
  );
});

const LONG = `${part(30)}.${part(30)}.example.com`;
const among: Record<string, [given: Parameters<typeof fileWith>[0], fault: string]> = {
  "a hostname that is its zone": [
    {hostname: "example.com"},
    "is the zone itself, where no CNAME can stand; name one in it: completions.example.com",
  ],
  "a hostname outside its zone": [
    {hostname: "completions.notexample.com"},
    '"completions.notexample.com" is not in the zone "example.com"; name the zone that holds it',
  ],
  "a hostname in capitals, which is in its zone all the same": [
    {hostname: "A.Example.com", zone: "example.com"},
    '"A.Example.com" has capitals; write a.example.com',
  ],
  "a hostname that no certificate is issued for": [
    {hostname: LONG, defaults: "certificate: {issuer: DigiCert}"},
    "has 73 characters, and a certificate is issued for 64 or fewer; shorten it, or import a certificate and leave certificate.issuer out",
  ],
};

for (const [name, [given, fault]] of Object.entries(among))
  test(`${name} is told with its mend`, () => {
    assert.throws(() => parseWorld(fileWith(given)), {
      message: `regions.yaml is not valid:\n  - 3:3 service.hostname: ${fault}`,
    });
  });

test("a hostname is in a zone where its last parts are the zone's, and there only", () => {
  const label = fc.stringMatching(/^[a-z]{1,4}$/);
  const zones = fc.tuple(label, label).map((labels) => labels.join("."));
  fc.assert(
    fc.property(
      fc.array(label, {minLength: 1, maxLength: 3}),
      zones,
      label,
      (above, zone, word) => {
        const told = (hostname: string) => {
          try {
            return void parseWorld(fileWith({hostname, zone}));
          } catch (error) {
            return /is not in the zone|is the zone itself/.exec((error as Error).message)?.[0];
          }
        };
        assert.equal(told(`${above.join(".")}.${zone}`), undefined);
        assert.equal(told(zone), "is the zone itself");
        for (const outside of [
          `${word}${zone}`,
          `${above.join(".")}.${word}${zone}`,
          `${zone}.${word}`,
        ])
          assert.equal(told(outside), "is not in the zone", outside);
      },
    ),
    {numRuns: 100},
  );
});

test("a long hostname may have a certificate that is imported", () => {
  assert.equal(parseWorld(fileWith({hostname: LONG})).service.hostname, LONG);
});
