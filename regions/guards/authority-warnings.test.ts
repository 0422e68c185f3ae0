import assert from "node:assert/strict";
import {test} from "node:test";
import {AUTHORITY, fileWith} from "../fixture.ts";
import {parseWorld} from "../read.ts";
import {warningsOf} from "../warnings.ts";

/** Two regions of one text, and one without. */
const certificates = JSON.stringify({clientCertificates: {authorities: AUTHORITY + AUTHORITY}});
const world = parseWorld(
  fileWith({
    region: `{edge: ${certificates}}\n  westeurope: {edge: ${certificates}}\n  japaneast: {}`,
  }),
);
const warned = (time: string) =>
  warningsOf(world, Date.parse(time)).filter((warning) => warning.startsWith("edge"));

const of = "edge.clientCertificates of eastus2, westeurope: CN=developers";
const mend = "add its successor, and give clients certificates of that one";
const cases: Record<string, [time: string, warning: string | undefined]> = {
  "nothing 91 days before": ["2126-08-03T15:00:00Z", undefined],
  "90 days before the end": [
    "2126-08-04T16:00:00Z",
    `${of} lets clients in for 90 more days, until 2126-11-02; ${mend}`,
  ],
  "its last minute": [
    "2126-11-02T15:56:00Z",
    `${of} lets clients in for 1 more days, until 2126-11-02; ${mend}`,
  ],
  "the end": [
    "2126-11-02T15:56:50Z",
    `${of} is out of date since 2126-11-02, and lets no client in; ${mend}`,
  ],
};

for (const [name, [time, warning]] of Object.entries(cases))
  test(`each authority of clients' certificates is warned of: ${name}`, () =>
    assert.deepEqual(warned(time), warning === undefined ? [] : [warning, warning]));
