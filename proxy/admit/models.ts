import {ANY_NAME, type Policy} from "../policy.ts";

/** The model that `name` leads to: its own name, one of its aliases, or the one that takes any name. */
export function modelNamed({models}: Policy, name: string): string | undefined {
  if (Object.hasOwn(models, name)) return name;
  return aliased(models, name) ?? aliased(models, ANY_NAME);
}

function aliased(models: Policy["models"], name: string): string | undefined {
  return Object.keys(models).find((model) => models[model]!.aliases.includes(name));
}

/** What editors count tokens with where no model of ours is known to them: that of OpenAI's models since GPT-4o. */
const TOKENIZER = "o200k_base";

/**
 * OpenAI's list of models, with what editors choose a completion model by. GitHub Copilot's language
 * server throws the whole list away where one entry lacks `model_picker_enabled` or `tokenizer`.
 */
export const modelList = (models: readonly string[]) => ({
  object: "list",
  data: models.map(modelEntry),
});

export const modelEntry = (name: string) => ({
  id: name,
  object: "model",
  owned_by: "meridian",
  name,
  version: name,
  model_picker_enabled: true,
  capabilities: {
    type: "completion",
    family: name,
    object: "model_capabilities",
    tokenizer: TOKENIZER,
  },
});
