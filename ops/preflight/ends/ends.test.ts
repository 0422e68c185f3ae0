import assert from "node:assert/strict";
import {test} from "node:test";
import {parseWorld} from "../../../regions/read.ts";
import {askEnds, estateOf, type Place, runPreflight} from "../main.rig.ts";
import type {Offer} from "../offers.ts";
import {type Outlook, outlookOf} from "./ends.ts";
import {endsMarkdown} from "./ends-report.ts";

const END = "2028-01-11";
const DAY_MS = 86_400_000;
const before = (days: number) => Date.parse(END) - days * DAY_MS;

/** What Azure says of gpt-5.6-luna. */
const ending: Place = {
  model: {
    lifecycleStatus: "GenerallyAvailable",
    deprecation: {inference: `${END}T00:00:00Z`},
    replacementConfig: {targetModelName: "gpt-6-luna", targetModelVersion: "2026-09-22"},
  },
};

const headlines: Record<number, string> = {
  121: "No model ends within 120 days.",
  120: "copilot-codex (gpt-5.6-luna 2026-07-09) ends within 120 days, on 2028-01-11.",
  61: "copilot-codex (gpt-5.6-luna 2026-07-09) ends within 120 days, on 2028-01-11.",
  60: "copilot-codex (gpt-5.6-luna 2026-07-09) ends within 60 days, on 2028-01-11.",
  31: "copilot-codex (gpt-5.6-luna 2026-07-09) ends within 60 days, on 2028-01-11.",
  30: "copilot-codex (gpt-5.6-luna 2026-07-09) ends within 30 days, on 2028-01-11.",
  1: "copilot-codex (gpt-5.6-luna 2026-07-09) ends within 30 days, on 2028-01-11.",
  0: "copilot-codex (gpt-5.6-luna 2026-07-09) ended on 2028-01-11.",
  [-1]: "copilot-codex (gpt-5.6-luna 2026-07-09) ended on 2028-01-11.",
};
test("what is told first, by the days that are left", async (t) => {
  const estate = estateOf({westeurope: ending});
  for (const [days, headline] of Object.entries(headlines)) {
    const nowMs = before(Number(days));
    const told = await askEnds(t, estate, {regions: ["westeurope"], nowMs, withinDays: 120});
    assert.equal(endsMarkdown(told).split("\n")[0], headline, days);
    assert.deepEqual(
      told.ends.map(({daysLeft}) => daysLeft),
      Number(days) > 120 ? [] : [Number(days)],
    );
  }
});

test("an issue names regions, deployments, the successor and the change that begins it", async (t) => {
  const estate = estateOf({
    westeurope: ending,
    swedencentral: {model: {deprecation: {inference: "2027-12-31T00:00:00Z"}}},
  });
  const told = await askEnds(t, estate, {
    regions: ["swedencentral", "westeurope"],
    nowMs: before(60),
    withinDays: 120,
  });
  assert.equal(
    endsMarkdown(told),
    `copilot-codex (gpt-5.6-luna 2026-07-09) ends within 60 days, on 2027-12-31.

### copilot-codex (gpt-5.6-luna 2026-07-09): 49 days are left

From that day on these deployments answer 410 Gone:

\`\`\`text
region         deployment                      capacity  ends        by
swedencentral  copilot-codex-datazonestandard       333  2027-12-31  Azure
westeurope     copilot-codex-datazonestandard       333  2028-01-11  Azure
\`\`\`

Azure names gpt-6-luna 2026-09-22 as its replacement.

This puts it beside copilot-codex, as copilot-codex-next; save it to a file and \`git apply\` that:

\`\`\`diff
--- a/regions.yaml
+++ b/regions.yaml
@@ -19,7 +19,8 @@
     version: "2026-07-09"
     api: chat                    # it only chats, and is asked for completions by chat: docs/chat.md
     aliases: [gpt-41-copilot]    # a name that editors ask for by themselves; "*" takes any
     successor: copilot-nano      # serves once Azure has retired this one everywhere
+  copilot-codex-next: {model: gpt-6-luna, version: "2026-09-22"}
   copilot-nano:
     model: gpt-5.4-nano
     version: "2026-03-17"
@@ -33,7 +34,8 @@
   cluster: {nodes: 3-12, size: Standard_D4ds_v5}
   proxies: 3-30
   deployments:
     - {model: copilot-codex, sku: GlobalStandard, capacity: 1000}   # thousands of tokens, and requests, a minute
+    - {model: copilot-codex-next, sku: GlobalStandard, capacity: 1000}
     - {model: copilot-nano, sku: GlobalStandard, capacity: 1000}
 
 # Azure locations. Regions of one pool share its users by weight; a region without one is its own pool.
@@ -45,7 +47,8 @@
     weight: 2
     residency: EU
     deployments: &zone           # GlobalStandard may compute anywhere; this stays in the EU
       - {model: copilot-codex, sku: DataZoneStandard, capacity: 333}
+      - {model: copilot-codex-next, sku: DataZoneStandard, capacity: 333}
       - {model: copilot-next, sku: DataZoneStandard, capacity: 333}
   swedencentral: {pool: europe, residency: EU, deployments: *zone}
   japaneast:
\`\`\`

Look at these first:

- models.copilot-codex-next: gpt-6-luna 2026-09-22 may be closed to new subscriptions since 2027-09-22; ask npm run preflight

Then \`npm run preflight\` tells whether there is quota for it, and docs/models.md#the-next-model how it is tried and takes over.
`,
  );
});

test("a region that cannot be asked goes by the table, and is named", async (t) => {
  const estate = {
    ...estateOf({westeurope: {}}),
    faults: {
      "providers/microsoft.cognitiveservices/locations/swedencentral/models": {
        status: 403,
        code: "AuthorizationFailed",
        message: "No.",
      },
    },
  };
  const told = await askEnds(t, estate, {
    regions: ["swedencentral", "westeurope"],
    nowMs: before(121),
    withinDays: 120,
  });
  assert.deepEqual(endsMarkdown(told).split("\n"), [
    "No model is known to end within 120 days, and Azure could not be asked everywhere.",
    "",
    "Azure could not be asked, so that regions/models/releases.ts was:",
    "",
    "- swedencentral: 403 AuthorizationFailed: No.",
    "",
  ]);
});

const world = parseWorld(`service:
  name: meridian
  hostname: completions.example.com
  zone: example.com
  objective: {success: 99.5%, firstByte: 400ms}
  tokens: {exchange: {kind: github, organizations: [acme]}}
models:
  old: {model: gpt-5-nano, version: "2025-08-07"}
  own: {model: gpt-9, version: "1"}
defaults:
  cluster: {nodes: 3-12, size: Standard_D4ds_v5}
  proxies: 3-30
  deployments:
    - {model: old, sku: GlobalStandard, capacity: 100}
    - {model: own, sku: GlobalStandard, capacity: 100}
regions: {eastus2: }
`);

const offer = (changes: Partial<Offer["model"]>, name = "gpt-5-nano", version = "2025-08-07") => ({
  kind: "OpenAI",
  model: {format: "OpenAI", name, version, skus: [{name: "GlobalStandard"}], ...changes},
});

/** Model, day and who says so; then what nobody knows of. */
const summary = ({ends, undated}: Outlook) => [
  ...ends.map(({name, day, deployments, successor}) =>
    [name, day, deployments[0]!.by, successor?.model, successor?.version, successor?.by].join(" "),
  ),
  ...undated,
];
const UNKNOWN = "eastus2: own-globalstandard, gpt-9 1";
const BY_TABLE = "gpt-5.4-nano 2026-03-17 regions/models/releases.ts";

const outlooks: Record<string, [offers: Offer[] | undefined, expected: string[]]> = {
  "by the table where nobody is asked": [
    undefined,
    [`old 2027-02-09 regions/models/releases.ts ${BY_TABLE}`, UNKNOWN],
  ],
  "by the table where Azure names no day": [
    [offer({deprecation: {inference: "2099-12-31T00:00:00Z"}})],
    [`old 2027-02-09 regions/models/releases.ts ${BY_TABLE}`, UNKNOWN],
  ],
  "by Azure, over the table": [
    [offer({deprecation: {inference: "2027-03-01T00:00:00Z"}})],
    [`old 2027-03-01 Azure ${BY_TABLE}`, UNKNOWN],
  ],
  "by the sku, where that ends first": [
    [
      offer({
        deprecation: {inference: "2027-03-01T00:00:00Z"},
        skus: [{name: "GlobalStandard", deprecationDate: "2027-01-05T00:00:00Z"}],
      }),
    ],
    [`old 2027-01-05 Azure ${BY_TABLE}`, UNKNOWN],
  ],
  "today, where Azure calls it retired whatever the day": [
    [offer({lifecycleStatus: "Deprecated", deprecation: {inference: "2027-03-01T00:00:00Z"}})],
    [`old 2026-12-01 Azure ${BY_TABLE}`, UNKNOWN],
  ],
  "with Azure's successor, of the version that Azure or the table has": [
    [
      offer({replacementConfig: {targetModelName: "gpt-6-luna", targetModelVersion: null}}),
      offer(
        {
          deprecation: {inference: "2027-01-20T00:00:00Z"},
          replacementConfig: {targetModelName: "gpt-10", targetModelVersion: "2"},
        },
        "gpt-9",
        "1",
      ),
    ],
    [
      "own 2027-01-20 Azure gpt-10 2 Azure",
      "old 2027-02-09 regions/models/releases.ts gpt-6-luna 2026-09-22 Azure",
    ],
  ],
  "not by what other kinds of account are told": [
    [{...offer({deprecation: {inference: "2027-01-01T00:00:00Z"}}), kind: "AIServices"}],
    [`old 2027-02-09 regions/models/releases.ts ${BY_TABLE}`, UNKNOWN],
  ],
};
for (const [name, [offers, expected]] of Object.entries(outlooks))
  test(`a model ends ${name}`, () => {
    const outlook = outlookOf({
      world,
      regions: world.regions,
      market: new Map(offers && [["eastus2", offers]]),
      nowMs: Date.parse("2026-12-01T08:00:00Z"),
      withinDays: 120,
    });
    assert.deepEqual(summary(outlook), expected);
  });

test("the command ends with 1 where a model ends, and says what the issue does", async (t) => {
  const gone = {model: {deprecation: {inference: "2020-01-01T00:00:00Z"}}};
  const later = {model: {deprecation: {inference: "2098-01-01T00:00:00Z"}}};
  const args = ["--ends", "--regions", "westeurope"];
  const ended = await runPreflight(t, estateOf({westeurope: gone}), [...args, "--markdown"]);
  assert.match(ended.out, /^copilot-codex \(gpt-5\.6-luna 2026-07-09\) ended on 2020-01-01\.\n/);
  assert.deepEqual([ended.code, ended.err], [1, ""]);
  const still = await runPreflight(t, estateOf({westeurope: later}), [...args, "--json"]);
  assert.deepEqual(JSON.parse(still.out), {ok: true, ends: [], undated: [], unasked: []});
  assert.equal(still.code, 0);
});

test("what belongs to --ends alone, and a number of days that is none, are refused", async (t) => {
  for (const [args, said] of [
    [["--markdown"], /--markdown: of the ends of models; add --ends/],
    [["--within", "9"], /--within: of the ends of models; add --ends/],
    [["--ends", "--within", "soon"], /--within soon: write a number from 1 to 3650/],
    [["--ends", "--json", "--markdown"], /give one of them/],
  ] as const) {
    const {code, err} = await runPreflight(t, estateOf({}), args);
    assert.match(err, said);
    assert.equal(code, 2);
  }
});
