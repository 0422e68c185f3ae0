import {table} from "../../../dns/table.ts";
import {NOTICE_DAYS, warningsOf} from "../../../regions/warnings.ts";
import type {World} from "../../../regions/world.ts";
import type {ModelEnd, Outlook} from "./ends.ts";
import {patch} from "./insertion.ts";
import {nextModel} from "./next-model.ts";

/** All that is told of models that end. */
export interface Told extends Outlook {
  readonly world: World;
  /** The text of regions.yaml. */
  readonly text: string;
  readonly nowMs: number;
  readonly withinDays: number;
  /** Regions that could not be asked, and why. */
  readonly unasked: readonly string[];
}

const FILE = "regions.yaml";

/** For a terminal. */
export const endsText = (told: Told): string => report(told, (lines) => lines.map(indent));

/**
 * For an issue. Its first line says how much time is left in steps, so that it stays the same until there is news:
 * who tells it once a step tells it often enough.
 */
export const endsMarkdown = (told: Told): string =>
  report(told, (lines, language) => [`\`\`\`${language}`, ...lines, "```"], "### ");

type Block = (lines: readonly string[], language: string) => readonly string[];

const indent = (line: string) => (line === "" ? "" : `  ${line}`);

function report(told: Told, block: Block, mark = ""): string {
  const {ends, undated, unasked} = told;
  const lines = [
    headline(told),
    ...ends.flatMap((end) => ["", `${mark}${title(end)}`, "", ...section(told, end, block)]),
    ...list("Nobody has named a last day of:", undated),
    ...list("Azure could not be asked, so that regions/models/releases.ts was:", unasked),
  ];
  return `${lines.join("\n")}\n`;
}

const list = (head: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", head, "", ...lines.map((line) => `- ${line}`)];

/** One line of all models, in the steps in which they are told of. */
function headline({ends, unasked, withinDays}: Told): string {
  if (ends.length === 0 && unasked.length > 0)
    return `No model is known to end within ${withinDays} days, and Azure could not be asked everywhere.`;
  if (ends.length === 0) return `No model ends within ${withinDays} days.`;
  return `${ends.map((end) => `${nameOf(end)} ${stepOf(end, withinDays)}`).join("; ")}.`;
}

const nameOf = ({name, model, version}: ModelEnd) => `${name} (${model} ${version})`;

function stepOf({day, daysLeft}: ModelEnd, withinDays: number): string {
  if (daysLeft <= 0) return `ended on ${day}`;
  const step = [30, 60, NOTICE_DAYS].find((days) => daysLeft <= days) ?? withinDays;
  return `ends within ${step} days, on ${day}`;
}

function title({daysLeft, ...end}: ModelEnd): string {
  const left = daysLeft === 1 ? "1 day is left" : `${daysLeft} days are left`;
  return `${nameOf({daysLeft, ...end})}: ${daysLeft <= 0 ? `ended on ${end.day}` : left}`;
}

function section(told: Told, end: ModelEnd, block: Block): string[] {
  const rows = end.deployments.map(({region, deployment, capacity, day, by}) => [
    region,
    deployment,
    `${capacity}`,
    day,
    by,
  ]);
  return [
    "From that day on these deployments answer 410 Gone:",
    "",
    ...block(table([["region", "deployment", "capacity", "ends", "by"], ...rows]), "text"),
    "",
    succession(end),
    ...change(told, end, block),
  ];
}

function succession({successor}: ModelEnd): string {
  if (successor === undefined)
    return "Nobody has named a successor yet. What there is to choose from: docs/models.md";
  const {model, version, by} = successor;
  const next = version === undefined ? `${model}, of no version yet` : `${model} ${version}`;
  return by === "Azure"
    ? `Azure names ${next} as its replacement.`
    : `Azure has named no replacement yet; ${by} suggests ${next}.`;
}

/** The change of regions.yaml that begins the move, and how it goes on. */
function change({world, text, nowMs}: Told, end: ModelEnd, block: Block): string[] {
  if (end.successor === undefined) return [];
  const next = nextModel(text, world, end);
  if (next === undefined)
    return [`Put it beside ${end.name} in ${FILE}, as docs/models.md#the-next-model shows.`];
  const known = warningsOf(world, nowMs);
  const fresh = warningsOf(next.world, nowMs).filter((warning) => !known.includes(warning));
  return [
    "",
    `This puts it beside ${end.name}, as ${next.name}; save it to a file and \`git apply\` that:`,
    "",
    ...block(patch(FILE, text, next.insertions).trimEnd().split("\n"), "diff"),
    ...list("Look at these first:", fresh),
    "",
    `Then \`npm run preflight\` tells whether there is quota for it, and docs/models.md#the-next-model how it is tried and takes over.`,
  ];
}
