import {z} from "zod";
import type {Range} from "./world.ts";

/** Durations, percentages and ranges in regions.yaml. */

const MS = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000} as const;
type Unit = keyof typeof MS;

/** `400ms`, `30s`, `20m`, `1h` or `90d`, read as milliseconds. For durations that proxies measure. */
export const milliseconds = (least: string, most: string) => duration(least, most).transform(toMs);

/** The same, read as seconds. For DNS and tokens, which count whole seconds: RFC 1035, section 3.2.1; RFC 7519, section 2. */
export const seconds = (least: string, most: string) =>
  duration(least, most)
    .refine((text) => toMs(text) % MS.s === 0, {
      error: ({input}) => `is ${toMs(input as string) / MS.s} s; write whole seconds`,
    })
    .transform((text) => toMs(text) / MS.s);

function duration(least: string, most: string) {
  return z
    .string({error: ({input}) => withUnit(input, least, most)})
    .regex(/^\d+(ms|s|m|h|d)$/, {
      error: "is not a duration; write a whole number and a unit: 400ms, 30s, 20m, 1h, 90d",
      abort: true,
    })
    .refine((text) => isWithin(text, least, most), {
      error: `is out of bounds; choose ${least} to ${most}`,
      abort: true,
    });
}

const isWithin = (text: string, least: string, most: string) =>
  toMs(least) <= toMs(text) && toMs(text) <= toMs(most);

function toMs(text: string): number {
  const [, number, unit] = /^(\d+)(.*)$/.exec(text) as unknown as [string, string, Unit];
  return Number(number) * MS[unit];
}

/** The unit that a bare number probably has: the first that keeps it within the bounds. */
function withUnit(input: unknown, least: string, most: string): string | undefined {
  if (input === undefined) return undefined;
  if (typeof input !== "number" || input < 0)
    return `is not a duration; write a whole number and a unit, from ${least} to ${most}`;
  const units = [
    `${input}s`,
    `${input * MS.s}ms`,
    `${input}m`,
    `${input}h`,
    `${input}d`,
    `${input}ms`,
  ];
  const meant = units.find((text) => /^\d+[a-z]+$/.test(text) && isWithin(text, least, most));
  return `has no unit; write it with one${meant ? `: ${meant}` : `, from ${least} to ${most}`}`;
}

/** `99.5%`, read as 0.995. */
export const percentage = z
  .string({error: ({input}) => withSign(input)})
  .regex(/^\d+(\.\d+)?%$/, {
    error: "is not a percentage; write a number and a percent sign: 99.5%",
    abort: true,
  })
  .refine((text) => Number.parseFloat(text) > 0 && Number.parseFloat(text) <= 100, {
    error: "is out of bounds; choose more than 0% and at most 100%",
  })
  .transform((text) => Number.parseFloat(text) / 100);

/** A bare number up to 1 was probably meant as a share. */
function withSign(input: unknown): string | undefined {
  if (input === undefined) return undefined;
  if (typeof input !== "number" || !(input > 0 && input <= 100))
    return "is not a percentage; write a number and a percent sign: 99.5%";
  const percent = input <= 1 ? input * 100 : input;
  return `has no percent sign; write it with one: ${Number(percent.toPrecision(6))}%`;
}

/** `3-12`: the minimum and the maximum. */
export const range = z
  .string({error: ({input}) => bothEnds(input)})
  .regex(/^\d+-\d+$/, {
    error: "is not a range; write the least and the most: 3-12",
    abort: true,
  })
  .refine(
    (text) => 1 <= ends(text).min && ends(text).min <= ends(text).max && ends(text).max <= 1000,
    {
      error: "is not a range of 1 to 1000, the least first; write it like 3-12",
    },
  )
  .transform(ends);

function ends(text: string): Range {
  const [min, max] = text.split("-").map(Number) as [number, number];
  return {min, max};
}

function bothEnds(input: unknown): string | undefined {
  const [min, max = min, ...more] = [input].flat();
  const isMeant =
    [min, max].every((end) => Number.isInteger(end) && Number(end) >= 1) && more.length === 0;
  if (input === undefined) return undefined;
  return `is not a range; write the least and the most: ${isMeant ? `${min}-${max}` : "3-12"}`;
}
