import {z} from "zod";

/** Some hosts name the first choice by null or by text, or leave it out. */
export const choiceIndex = z.preprocess((value) => Number(value ?? 0), z.int().min(0).max(127));

const count = z.int().min(0).default(0);

/** A completion's answer, or one of its events, as far as other dialects carry it. */
export const completionSchema = z.object({
  id: z.string().optional(),
  created: z.number().optional(),
  model: z.string().optional(),
  choices: z.array(
    z.object({
      index: choiceIndex,
      text: z.string().nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z.looseObject({prompt_tokens: count, completion_tokens: count}).nullish(),
});
export type Completion = z.output<typeof completionSchema>;
