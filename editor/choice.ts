import {z} from "zod";
import {jsonOf} from "./json.ts";

/** The model that GitHub Copilot's language server asks for until a list names another. */
export const DEFAULT_MODEL = "gpt-41-copilot";

/**
 * What it wants of `GET /models`. Where one entry lacks any of this, it ignores the whole list.
 * Read from its release 1.539.0 (`dist/main.js`, `parseModelsResponse`).
 */
const list = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      object: z.string(),
      name: z.string(),
      version: z.string(),
      model_picker_enabled: z.boolean(),
      capabilities: z.object({
        type: z.enum(["chat", "embeddings", "completion"]),
        family: z.string(),
        object: z.string(),
        tokenizer: z.string(),
      }),
    }),
  ),
});

/** The model that it asks for completions: the first of the list that completes. */
export function chosenModel(answer: string): string {
  const {data} = list.safeParse(jsonOf(answer));
  const found = data?.data.find(({capabilities}) => capabilities.type === "completion");
  return found?.id ?? DEFAULT_MODEL;
}
