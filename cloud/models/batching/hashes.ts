/**
 * Names of a prompt's whole blocks: two prompts share a block's name where they are the same up to its end and of the
 * same salt (vllm/v1/core/kv_cache_utils.py, hash_block_tokens). 53 bits, of no use against who seeks a collision.
 */
export function blockHashes(tokens: readonly number[], blockSize: number, salt = ""): number[] {
  const hashes: number[] = [];
  let [low, high] = [tokenId(salt), 0x9e3779b9];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    low = mixed(low ^ token, 0x85ebca6b);
    high = mixed(high ^ token, 0xc2b2ae35);
    if ((at + 1) % blockSize === 0) hashes.push((high & 0x1fffff) * 2 ** 32 + (low >>> 0));
  }
  return hashes;
}

/** A number for a token's text. */
export function tokenId(text: string): number {
  let id = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) id = mixed(id ^ text.charCodeAt(at), 0x01000193);
  return id >>> 0;
}

function mixed(value: number, factor: number): number {
  const product = Math.imul(value, factor);
  return product ^ (product >>> 15);
}
