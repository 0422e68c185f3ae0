import {type ModelTemplate, modelTemplate, signsOf} from "../../proxy/policy.ts";
import {isMapping, list, mapping, texts} from "../../regions/meaning.ts";
import {mappingIn} from "./faults.ts";

/**
 * All tokens of a folder's tokenizer, or of several that say the same; undefined where none is written in JSON. A blank
 * before a sign is a part of it in SentencePiece, written as U+2581.
 */
export function tokensIn(folder: string, names: readonly string[]): Set<string> | undefined {
  const read = (name: string) => (names.includes(name) ? mappingIn(folder, name) : undefined);
  const [tokenizer, config, tekken] = [
    "tokenizer.json",
    "tokenizer_config.json",
    "tekken.json",
  ].map(read);
  if (!tokenizer && !tekken) return undefined;
  const {vocab} = mapping(tokenizer?.model);
  return new Set(
    [
      ...list(tokenizer?.added_tokens).map((token) => mapping(token).content),
      ...(isMapping(vocab) ? Object.keys(vocab) : list(vocab).map((entry) => list(entry)[0])),
      ...Object.values(mapping(config?.added_tokens_decoder)).map(
        (token) => mapping(token).content,
      ),
      ...list(tekken?.special_tokens).map((token) => mapping(token).token_str),
    ]
      .flatMap(texts)
      .map((token) => token.replace(/^▁/, "")),
  );
}

/** Signs around the gap that a tokenizer does not know: to it they are texts like others, and it does not fill in. */
export const unknownSigns = (template: ModelTemplate, tokens: ReadonlySet<string>): string[] =>
  signsOf(template).gap.filter((sign) => !tokens.has(sign));

/** The templates whose signs around the gap a tokenizer knows; first those of whose other signs it knows most. */
export function fittingTemplates(tokens: ReadonlySet<string>): ModelTemplate[] {
  const known = (template: ModelTemplate) => {
    const {all} = signsOf(template);
    return all.filter((sign) => tokens.has(sign)).length / all.length;
  };
  return modelTemplate.options
    .filter((template) => unknownSigns(template, tokens).length === 0)
    .toSorted((a, b) => known(b) - known(a));
}
