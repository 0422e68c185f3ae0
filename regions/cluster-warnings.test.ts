import assert from "node:assert/strict";
import {test} from "node:test";
import {clusterWarnings} from "./cluster-warnings.ts";
import {fileWith} from "./fixture.ts";
import {parseWorld} from "./read.ts";

const warned = (version: string, day: string) =>
  clusterWarnings(
    parseWorld(fileWith({region: `{cluster: {version: "${version}"}}`})),
    Date.parse(`${day}T12:00:00Z`),
  );

const of = "of eastus2: AKS";
const cases: Record<string, readonly [warnings: string[], expected: string[]]> = {
  "nothing of a version that is supported": [warned("1.36", "2026-11-26"), []],
  "nothing 91 days before the end": [warned("1.36", "2027-03-30"), []],
  "90 days before the end": [
    warned("1.36", "2027-04-01"),
    [
      `Kubernetes 1.36 ${of} supports it for 90 more days, until 2027-06-30; upgrade to 1.37: docs/operations.md`,
    ],
  ],
  "a version of which no cluster is made any more": [
    warned("1.34", "2026-11-26"),
    [
      `Kubernetes 1.34 ${of} supports it for 4 more days, until 2026-11-30, and makes no new cluster of it; upgrade to 1.35: docs/operations.md`,
    ],
  ],
  "the end": [
    warned("1.36", "2027-06-30"),
    [`Kubernetes 1.36 ${of} ended its support on 2027-06-30; upgrade to 1.37: docs/operations.md`],
  ],
  "a version that is not known": [
    warned("1.99", "2026-11-26"),
    [
      `Kubernetes 1.99 ${of} is not known to support it, but 1.33, 1.34, 1.35, 1.36, 1.37; ask npm run preflight`,
    ],
  ],
};

for (const [name, [warnings, expected]] of Object.entries(cases))
  test(`warned of ${name}`, () => assert.deepEqual(warnings, expected));

test("regions of one version are told together", () => {
  const world = parseWorld(fileWith({region: '{cluster: {version: "1.34"}}'}));
  const [region] = world.regions;
  const twice = {...world, regions: [region!, {...region!, name: "westus"}]};
  assert.deepEqual(clusterWarnings(twice, Date.parse("2027-01-01")), [
    "Kubernetes 1.34 of eastus2, westus: AKS ended its support on 2026-11-30; upgrade to 1.35: docs/operations.md",
  ]);
});
