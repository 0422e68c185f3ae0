import {ANY_REST, type Policy} from "../policy.ts";

/**
 * The model that `name` leads to: its own name, an alias, or the longest beginning of it that an alias with
 * `*` at its end has.
 */
export function modelNamed({models}: Policy, name: string): string | undefined {
  if (Object.hasOwn(models, name)) return name;
  let found: string | undefined;
  let best = NO_FIT;
  for (const [model, {aliases}] of Object.entries(models))
    for (const alias of aliases) {
      const fit = fitOf(alias, name);
      if (fit > best) [found, best] = [model, fit];
    }
  return found;
}

const NO_FIT = -1;

/** How much of a name an alias spells out. */
function fitOf(alias: string, name: string): number {
  if (alias === name) return Number.POSITIVE_INFINITY;
  if (!alias.endsWith(ANY_REST)) return NO_FIT;
  const beginning = alias.slice(0, -ANY_REST.length);
  return name.startsWith(beginning) ? beginning.length : NO_FIT;
}

/** What editors count tokens with where no model of ours is known to them: that of OpenAI's models since GPT-4o. */
const TOKENIZER = "o200k_base";

/**
 * OpenAI's list of models, with what editors choose a completion model by. GitHub Copilot's language
 * server throws the whole list away where one entry lacks `model_picker_enabled` or `tokenizer`. It asks
 * the same address for models that make next edits, as its `IProxyModelsService` reads them.
 */
export const modelList = (models: readonly string[], chatting: readonly string[] = []) => ({
  object: "list",
  data: models.map(modelEntry),
  models: chatting.map(nextEditEntry),
});

const OWNER = "meridian";

export const modelEntry = (name: string) => ({
  id: name,
  object: "model",
  owned_by: OWNER,
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

/** The one way of asking that tells a model all of what is wanted; the others are for models trained on them. */
const PROMPT_STRATEGY = "copilotNesXtab";

const nextEditEntry = (name: string) => ({
  name,
  serviceType: "NESChat",
  provider: OWNER,
  capabilities: {promptStrategy: PROMPT_STRATEGY},
});
