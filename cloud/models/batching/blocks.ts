/** A piece of the GPU's memory that keeps what was computed of a few tokens. */
export interface Block {
  /** What it keeps, for later requests; undefined where that is nothing whole. */
  hash: number | undefined;
  /** How many requests use it. Unused ones keep what they have until they are needed. */
  users: number;
  /** In the list of unused ones, the longest unused first. */
  before: Block | undefined;
  after: Block | undefined;
}

/** vLLM's memory of one GPU: vllm/v1/core/block_pool.py and kv_cache_manager.py. */
export interface Blocks {
  /** Those that keep the beginning of a prompt, given its hashes: no more than `most`. */
  cached(hashes: readonly number[], most: number): Block[];
  /** Uses these, and `count` more. Undefined, and nothing is used, where there are too few. */
  take(cached: readonly Block[], count: number): Block[] | undefined;
  /** What a block now keeps. */
  keep(block: Block, hash: number): void;
  /** In the order of their tokens. */
  release(blocks: readonly Block[]): void;
  /** Share of them that are used, 0 to 1. */
  usage(): number;
}

export function createBlocks(total: number): Blocks {
  const byHash = new Map<number, Block>();
  /** Between the first and the last unused one. */
  const ends = emptyBlock();
  ends.before = ends;
  ends.after = ends;
  let unused = 0;
  for (let at = 0; at < total; at++) append(emptyBlock());

  function append(block: Block) {
    const last = ends.before as Block;
    last.after = block;
    block.before = last;
    block.after = ends;
    ends.before = block;
    unused++;
  }

  function use(block: Block) {
    if (block.users++ > 0) return;
    (block.before as Block).after = block.after;
    (block.after as Block).before = block.before;
    unused--;
  }

  /** The one that has been unused for longest; what it kept is forgotten. */
  function fresh(): Block {
    const block = ends.after as Block;
    if (block.hash !== undefined) byHash.delete(block.hash);
    block.hash = undefined;
    use(block);
    return block;
  }

  return {
    cached(hashes, most) {
      const found: Block[] = [];
      for (let at = 0; at < Math.min(most, hashes.length); at++) {
        const block = byHash.get(hashes[at]!);
        if (!block) break;
        found.push(block);
      }
      return found;
    },
    take(cached, count) {
      const woken = cached.reduce((sum, {users}) => sum + (users === 0 ? 1 : 0), 0);
      if (count > unused - woken) return undefined;
      for (const block of cached) use(block);
      return [...cached, ...Array.from({length: count}, fresh)];
    },
    keep(block, hash) {
      // Two requests that compute the same at once keep it once: the second block is unnamed.
      if (byHash.has(hash)) return;
      block.hash = hash;
      byHash.set(hash, block);
    },
    release(blocks) {
      // The end of a prompt is less likely to be asked for again than its beginning, and is forgotten first.
      for (const block of blocks.toReversed()) if (--block.users === 0) append(block);
    },
    usage: () => (total - unused) / total,
  };
}

const emptyBlock = (): Block => ({hash: undefined, users: 0, before: undefined, after: undefined});
