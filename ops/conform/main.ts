import {z} from "zod";
import {eventsIn} from "../../cloud/engine/events.ts";
import {UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {exitCodes} from "../command/failure.ts";
import {textIn} from "../command/files.ts";
import {masked} from "./masking.ts";
import {type Recording, recordingOf, recordingText} from "./recording.ts";
import {replay} from "./replay.ts";
import {report} from "./report.ts";

await runCommand({
  usage: [
    "npm run conform -- RECORDING",
    "npm run --silent conform -- record EVENTS... > RECORDING",
  ],
  about: `Compares what Azure made of a pulumi up with what the stand-in makes of it. EVENTS are what
pulumi up --json printed, of one stack or of several in the order in which they came up; of them record makes
a recording, its secrets masked. A recording is replayed against the stand-in, and each step that
comes out otherwise is told. How, and what to look at before you send one: docs/stand-in.md`,
  takesOperands: true,
  operands: {record: "makes a recording of the events of these files"},
  options: {},
  read({operands: [first, ...files]}) {
    if (first === undefined) throw new UsageError("no file was given; name a recording");
    if (first !== "record" && files.length > 0)
      throw new UsageError("there is one recording at a time; make one of several by record");
    if (first === "record" && files.length === 0)
      throw new UsageError("no file was given; name what pulumi up --json printed");
    return first === "record" ? {events: files} : {recording: first};
  },
  async run({events, recording}) {
    if (events) return record(events);
    const recorded = recordingIn(recording);
    const differences = await replay(recorded);
    console.log(report(recorded, differences));
    return differences.length > 0 ? exitCodes.failed : 0;
  },
});

function record(files: readonly string[]): number {
  const events = files.flatMap((file) => eventsIn(textIn("record", file)));
  const recording = masked(recordingOf(events));
  if (recording.steps.length === 0)
    throw new Error(
      `${files.join(", ")}: no step is in there; write with pulumi up --yes --skip-preview --json > FILE`,
    );
  console.log(JSON.stringify(recording, null, 1));
  console.error(
    `Steps: ${recording.steps.length}. Look through the file before you send it: names, locations and addresses are in it.`,
  );
  return 0;
}

function recordingIn(file: string): Recording {
  const mend = "make it anew by npm run --silent conform -- record EVENTS > RECORDING";
  const read = recordingText.safeParse(textIn("conform", file));
  if (read.success) return read.data;
  throw new Error(`${file} is no recording; ${mend}\n${z.prettifyError(read.error)}`);
}
