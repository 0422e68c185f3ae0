import {below, isMap} from "../../cloud/changes.ts";
import {isUnknown} from "../../cloud/engine/pulumi-values.ts";
import type {Inputs, Order} from "../../cloud/resource.ts";

/**
 * Where an answer is not what the stand-in gives: what it makes up for the programs to read, and what they asked
 * for. GUIDs, numbers and letters' case are left out of it, as they are chance; so is what was asked for and is
 * not in the answer: names and secrets.
 */
export function answersApart({inputs}: Order, outputs: Inputs, answer: Inputs): string[] {
  return apart(outputs, answer, inputs, "");
}

function apart(ours: unknown, theirs: unknown, asked: unknown, path: string): string[] {
  if (ours === undefined || ours === null || isUnknown(ours)) return [];
  const wasAsked = asked !== undefined;
  if (isMap(ours) && isMap(theirs ?? asked)) return partsApart(ours, theirs, asked, path);
  if (theirs === undefined || theirs === null)
    return wasAsked ? [] : [`the answer has no ${path}; the stand-in gives ${shown(ours)}`];
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length)
    return ours.flatMap((one, at) => apart(one, theirs[at], itemOf(asked, at), `${path}[${at}]`));
  if (formOf(ours, wasAsked) === formOf(theirs, wasAsked)) return [];
  return [`${path} is ${shown(theirs)} in the answer; the stand-in gives ${shown(ours)}`];
}

const partsApart = (ours: Inputs, theirs: unknown, asked: unknown, path: string) =>
  Object.entries(ours).flatMap(([key, inner]) =>
    apart(inner, partOf(theirs, key), partOf(asked, key), below(path, key)),
  );

const partOf = (map: unknown, key: string) => (isMap(map) ? map[key] : undefined);
const itemOf = (list: unknown, at: number) => (Array.isArray(list) ? list[at] : undefined);

const GUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g;

/** What of a value two clouds have to agree on: of what was not asked for, its form. */
function formOf(value: unknown, wasAsked: boolean): string {
  if (typeof value === "number" && !wasAsked) return "a number";
  const text = JSON.stringify(value).toLowerCase();
  return wasAsked ? text : text.replace(GUID, "guid").replaceAll(/\d+/g, "0");
}

const shown = (value: unknown) => JSON.stringify(value);
