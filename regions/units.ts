import {z} from "zod";
import type {Range} from "./world.ts";

/** How regions.yaml writes times, shares, ranges. */

const SECONDS = {ms: 0.001, s: 1, m: 60, h: 3600};

/** Written `400ms`, `30s`, `20m`, `1h`; read as seconds. */
export function duration(least: string, most: string) {
  return z
    .string()
    .regex(/^\d+(ms|s|m|h)$/, {
      error: "is not a duration; write a number and a unit: 400ms, 30s, 20m, 1h",
      abort: true,
    })
    .refine((text) => seconds(text) >= seconds(least) && seconds(text) <= seconds(most), {
      error: `is out of bounds; choose ${least} to ${most}`,
    })
    .transform(seconds);
}

function seconds(text: string): number {
  const [, number, unit] = /^(\d+)(.*)$/.exec(text) as unknown as [
    string,
    string,
    keyof typeof SECONDS,
  ];
  return Number(number) * SECONDS[unit];
}

/** Written `99.5%`, read as 0.995. */
export const percentage = z
  .string()
  .regex(/^\d+(\.\d+)?%$/, {
    error: "is not a percentage; write a number and a percent sign: 99.5%",
    abort: true,
  })
  .refine((text) => Number.parseFloat(text) > 0 && Number.parseFloat(text) <= 100, {
    error: "is out of bounds; choose more than 0% and at most 100%",
  })
  .transform((text) => Number.parseFloat(text) / 100);

/** Written `3-12`: the least and the most. */
export const range = z
  .string()
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
