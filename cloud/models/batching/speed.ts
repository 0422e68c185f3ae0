/** How long a GPU takes for what an engine asks of it in one step. */
export interface Speed {
  /** Reads all weights once. */
  readonly baseMs: number;
  /** For each request that the step goes on with: its own cache is read, its next token drawn. */
  readonly perSequenceMs: number;
  /** For each token of a prompt that is computed. */
  readonly perPromptTokenMs: number;
}

/**
 * Qwen2.5-Coder-7B in bf16 on an A100 of 80 GB. Nothing sound is published of it, so all of this is inferred, from the
 * model's card and the GPU's data sheet, and holds to the order of magnitude:
 * - 7.6 billion weights of 2 bytes at 1,935 GB/s: 7.9 ms a step, so 127 tokens/s is the most that one stream gets;
 * - 57 kB of cache a token (28 layers, 4 heads of keys and values of 128, 2 bytes): 2,000 of them are 0.06 ms, and as
 *   much again for drawing;
 * - 15 billion operations a prompt's token, of 312 a picosecond and half of that in practice: 0.1 ms.
 * Reading and computing overlap in reality; here they add up.
 */
export const A100_7B: Speed = {baseMs: 7.9, perSequenceMs: 0.12, perPromptTokenMs: 0.1};

/** 90 % of 80 GB (vLLM's --gpu-memory-utilization) less weights and 4 GB to compute in, in blocks of 16 tokens. */
export const A100_7B_BLOCKS = 57_000;

export const stepMs = (
  {baseMs, perSequenceMs, perPromptTokenMs}: Speed,
  {sequences, promptTokens}: {sequences: number; promptTokens: number},
): number => baseMs + perSequenceMs * sequences + perPromptTokenMs * promptTokens;
