import {OPEN_FILE, type SourceFile, snippets, withHeadings} from "./files.ts";

/** How the models of one family are asked to fill in the middle. */
export interface Template {
  /** What the host is sent, around the text before the gap and the text after it. */
  fill(prefix: string, suffix: string): string;
  /** The same with other files before it, where the family has a sign for them. */
  fillBeside?(files: readonly SourceFile[], prefix: string, suffix: string): string;
  /** What the model reads as a sign of its own, wherever it stands. */
  readonly controls: readonly string[];
  /** What ends an answer beside the end of text that the host itself knows. */
  readonly stops: readonly string[];
}

export const FAMILIES = [
  "qwen",
  "codestral",
  "deepseek-coder",
  "starcoder",
  "starcoder2",
  "codellama",
  "codegemma",
  "seed-coder",
  "mellum",
] as const;
export type Family = (typeof FAMILIES)[number];

const QWEN_LIKE = (prefix: string, suffix: string) =>
  `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`;
const QWEN_GAP = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>"];
const STARCODER_GAP = ["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>"];
const DEEPSEEK_GAP = ["<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"];
const CODESTRAL = (prefix: string, suffix: string) => `[SUFFIX]${suffix}[PREFIX]${prefix}`;
const MELLUM = (prefix: string, suffix: string) =>
  `<fim_suffix>${suffix}<fim_prefix>${prefix}<fim_middle>`;
const STARCODER: Template = {
  fill: (prefix, suffix) => `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`,
  controls: [...STARCODER_GAP, "<|endoftext|>", "<repo_name>", "<file_sep>"],
  stops: ["<|endoftext|>", "<file_sep>"],
};

/** What llama-server calls every repository, of which no client tells a name. */
const REPOSITORY = "myproject";

/** Each file with its path, a line by itself, after the family's sign. */
const headed = (sign: string, files: readonly SourceFile[], end = "") =>
  files.map(({path, text}) => `${sign}${path}\n${text}${end}`).join("");

const SEED_GAP = ["<[fim-suffix]>", "<[fim-prefix]>", "<[fim-middle]>"];

/**
 * Tokens and stops as Continue (core/autocomplete/templating/AutocompleteTemplate.ts) and Zed
 * (crates/edit_prediction/src/fim.rs) send them, unless another source is named.
 */
export const templates: Readonly<Record<Family, Template>> = {
  /** Qwen2.5-Coder, base. Several files: its report (arXiv 2409.12186), figure 4, and examples/Qwen2.5-Coder-repolevel-fim.py. */
  qwen: {
    fill: QWEN_LIKE,
    fillBeside: (files, prefix, suffix) =>
      `<|repo_name|>${REPOSITORY}\n${headed("<|file_sep|>", files, "\n")}` +
      `<|file_sep|>${OPEN_FILE}\n${QWEN_LIKE(prefix, suffix)}`,
    controls: [
      ...QWEN_GAP,
      "<|endoftext|>",
      "<|im_start|>",
      "<|im_end|>",
      "<|repo_name|>",
      "<|file_sep|>",
    ],
    stops: ["<|endoftext|>", "<|file_sep|>", "<|repo_name|>", "<|fim_pad|>", "<|im_end|>"],
  },
  /** The suffix comes first. */
  codestral: {
    fill: CODESTRAL,
    fillBeside: (files, prefix, suffix) => CODESTRAL(withHeadings(prefix, files), suffix),
    controls: ["[SUFFIX]", "[PREFIX]", "[MIDDLE]"],
    stops: ["[PREFIX]", "[SUFFIX]"],
  },
  /** V1 and V2, base; as SGLang too (python/sglang/srt/parser/code_completion_parser.py). Bars are U+FF5C, lines U+2581. */
  "deepseek-coder": {
    fill: (prefix, suffix) => `<｜fim▁begin｜>${prefix}<｜fim▁hole｜>${suffix}<｜fim▁end｜>`,
    controls: [...DEEPSEEK_GAP, "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"],
    stops: ["<｜end▁of▁sentence｜>", ...DEEPSEEK_GAP],
  },
  /** StarCoder, StarCoder2, Stable Code and Granite Code. */
  starcoder: STARCODER,
  /** StarCoder2 alone has a sign for files: its report (arXiv 2402.19173), 5.1. */
  starcoder2: {
    ...STARCODER,
    fillBeside: (files, prefix, suffix) =>
      `<repo_name>${REPOSITORY}${headed("<file_sep>", files)}` +
      `<file_sep>${STARCODER.fill(`${OPEN_FILE}\n${prefix}`, suffix)}`,
  },
  /** 7B and 13B. The blanks count. */
  codellama: {
    fill: (prefix, suffix) => `<PRE> ${prefix} <SUF>${suffix} <MID>`,
    controls: ["<PRE>", "<SUF>", "<MID>", "<EOT>"],
    stops: ["<EOT>"],
  },
  /** Its sign stands between files (ai.google.dev/gemma/docs/codegemma/model_card). */
  codegemma: {
    fill: QWEN_LIKE,
    fillBeside: (files, prefix, suffix) =>
      files.map(({path, text}) => `${path}\n${text}<|file_separator|>`).join("") +
      QWEN_LIKE(`${OPEN_FILE}\n${prefix}`, suffix),
    controls: [...QWEN_GAP, "<|file_separator|>", "<eos>", "<start_of_turn>", "<end_of_turn>"],
    stops: ["<|file_separator|>", "<eos>", "<end_of_turn>"],
  },
  /** Seed-Coder-8B, base, by its report: the suffix comes first. */
  "seed-coder": {
    fill: (prefix, suffix) => `<[fim-suffix]>${suffix}<[fim-prefix]>${prefix}<[fim-middle]>`,
    controls: SEED_GAP,
    stops: SEED_GAP,
  },
  /** Mellum-4b, by its model card: StarCoder's signs, the suffix first. */
  mellum: {
    fill: MELLUM,
    fillBeside: (files, prefix, suffix) =>
      `${headed("<filename>", files, "\n")}<filename>${OPEN_FILE}\n${MELLUM(prefix, suffix)}`,
    controls: [...STARCODER_GAP, "<|endoftext|>", "<filename>"],
    stops: ["<|endoftext|>", "<filename>"],
  },
};

/**
 * The prompt that asks a model of `family` for what is missing between two texts. A text that spells one of
 * the family's signs would become that sign, for hosts read them out of the prompt: each gets a blank after its
 * first character. That keeps it legible for the model, and no sign has a blank in it.
 */
export function promptOf(
  family: Family,
  prefix: string,
  suffix: string,
  files: readonly SourceFile[] = [],
): string {
  const {fill, fillBeside, controls} = templates[family];
  const plain = (text: string) => broken(text, controls);
  const shown = files.map(({path, text}) => ({path: plain(path), text: plain(text)}));
  const gap = [plain(prefix), plain(suffix)] as const;
  if (!fillBeside || files.length === 0) return fill(snippets(shown) + gap[0], gap[1]);
  return fillBeside(shown, ...gap);
}

/** The signs of a family: those around the gap, and all of them. */
export function signsOf(family: Family): {readonly gap: string[]; readonly all: readonly string[]} {
  const {fill, controls} = templates[family];
  return {gap: controls.filter((sign) => fill("", "").includes(sign)), all: controls};
}

function broken(text: string, controls: readonly string[]): string {
  return controls.reduce(
    (plain, sign) => plain.replaceAll(sign, () => `${sign[0]} ${sign.slice(1)}`),
    text,
  );
}
