import assert from "node:assert/strict";
import {test} from "node:test";
import type {Resource} from "../../cloud/resource.ts";
import {formats, isBroken, type Judged} from "./report.ts";
import type {Review} from "./review.ts";
import {parseRules} from "./rules.ts";

const vault: Resource = {
  stack: "westeurope",
  urn: "urn:vault",
  type: "azure-native:keyvault:Vault",
  name: "vault",
  id: "/vault",
  protect: true,
  inputs: {},
  outputs: {},
  secrets: [],
};

const quiet: Review = {
  stacks: [{stack: "dns", change: "same", resources: [], outputs: []}],
  dns: {moves: [], chains: [], warnings: []},
  networks: [],
  plan: {pools: [], rules: [], warnings: []},
  images: [],
  policy: [],
  quotas: [],
  costs: [],
  refused: [],
};

const loud: Review = {
  ...quiet,
  stacks: [
    ...quiet.stacks,
    ...["westeurope", "eastus2"].map((stack) => ({
      stack,
      change: "changed" as const,
      resources: [
        {
          change: "replaced" as const,
          resource: vault,
          protect: true,
          values: [{path: "properties.note", from: "```\n</details>", to: "@everyone"}],
          forcedBy: ["properties.tenantId"],
          deletedFirst: true,
          frozen: [],
          drained: [],
        },
      ],
      outputs: [],
    })),
  ],
  images: [
    {
      from: "r/p:1",
      to: "r/p:2",
      containers: ["proxy", "issuer"],
      stacks: ["westeurope", "eastus2"],
    },
  ],
  policy: ["client rule x answers @octocat with <b>_466_</b>"],
  quotas: [{region: "eastus2", model: "gpt", sku: "Standard", from: 240, to: 120}],
  costs: [
    {stack: "eastus2", from: 1000, to: 400},
    {stack: "westeurope", from: 0, to: 100},
  ],
  refused: ["no-keys: stack global, azure-native:keyvault:Vault"],
};

const judged = (review: Review, ...rules: string[]): Judged => ({
  review,
  base: "origin/main",
  rules: parseRules(rules),
});

const write = (format: string, ...args: Parameters<typeof judged>) =>
  formats.get(format)!(judged(...args));

test("networks that move are told where places would be", () => {
  const networks = ["networks of westeurope move from westeurope to eastus2"];
  assert.match(write("text", {...quiet, networks}), /\nDNS\n {2}networks of westeurope move /);
});

test("a change that does nothing", () => {
  assert.equal(write("text", quiet), "Against origin/main: No stack changes.\n");
  assert.equal(
    write("markdown", quiet, "protected"),
    "Against `origin/main`: No stack changes.\n\n- ✅ protected holds\n",
  );
});

test("as text, stacks that change alike once", () =>
  assert.equal(
    write("text", loud, "protected", "moved=0"),
    `Against origin/main: 0 to add, 0 to change, 2 to replace, 0 to remove.
Unchanged: dns.

westeurope, eastus2
  ! Vault vault (protected), replaced for properties.tenantId, and gone until its successor is there: every key and certificate in the vault
      properties.note: "\`\`\`\\n</details>" -> "@everyone"

Images
  r/p:1 -> r/p:2: proxy, issuer of westeurope, eastus2

Policy
  client rule x answers @octocat with <b>_466_</b>

Quota (thousands of tokens a minute, or provisioned units)
  eastus2: gpt Standard 240 -> 120

Fixed cost (list prices, rounded)
  -$500 a month: eastus2 -$600, westeurope +$100

protected is broken: azure-native:keyvault:Vault vault of westeurope is replaced, and gone until its successor is there: every key and certificate in the vault; azure-native:keyvault:Vault vault of eastus2 is replaced, and gone until its successor is there: every key and certificate in the vault
moved=0 holds
`,
  ));

test("as Markdown: a value can neither end its block, nor mention anyone, nor bring HTML", () => {
  const text = write("markdown", loud, "moved=0");
  assert.match(text, /<details><summary>westeurope, eastus2<\/summary>\n\n````diff\n! Vault/);
  assert.match(text, /\n````\n<\/details>\n$/);
  assert.match(text, /- client rule x answers &#64;octocat with &lt;b>\\_466\\_&lt;\/b>\n/);
});

test("as JSON, with what is broken", () => {
  const {base, broken, quotas} = JSON.parse(write("json", loud, "protected"));
  assert.deepEqual(
    [base, quotas, broken],
    [
      "origin/main",
      loud.quotas,
      [
        {
          rule: "protected",
          breaks: ["westeurope", "eastus2"].map(
            (stack) =>
              `azure-native:keyvault:Vault vault of ${stack} is replaced, and gone until its successor is there: every key and certificate in the vault`,
          ),
        },
      ],
    ],
  );
});

test("rules are broken by what they forbid, and by nothing else", () => {
  assert.deepEqual(
    ["protected", "fallback", "policy-pack", "moved=0"].map((rule) => [
      isBroken(judged(quiet, rule)),
      isBroken(judged(loud, rule)),
    ]),
    [
      [false, true],
      [false, false],
      [false, true],
      [false, false],
    ],
  );
  const place = {code: "FR", name: "France", azure: "FR", population: 1};
  const alone = {
    ...quiet,
    plan: {
      pools: [{name: "europe", members: [{region: "westeurope", weight: 1}]}],
      rules: [
        {name: "europe", chain: ["europe"], places: [{place, roundTripMs: 1, reason: "nearest"}]},
      ],
      warnings: [],
    },
    dns: {...quiet.dns, moves: [{from: "a", to: "b", places: [place], fromMs: 1, toMs: 2}]},
  } as unknown as Review;
  assert.deepEqual(
    parseRules(["fallback", "moved=0", "moved=1"]).map((rule) => rule.broken(alone)),
    [
      ["France: served by europe alone; add a region that may take europe over"],
      ["1 places move"],
      [],
    ],
  );
});

test("what is no rule is refused, all at once, with the rules there are", () =>
  assert.throws(() => parseRules(["fallback", "moved", "safe"]), {
    message:
      /^--expect "moved", "safe": not a rule; the rules are\nprotected .*\nfallback .*\npolicy-pack .*\nmoved=N /,
  }));
