/** Lengths in bits of the codes of the 256 octets (RFC 7541, Appendix B). EOS has 30 ones. */
export const CODE_LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const EOS = 256;

/** A node of the code's tree: what a 0 and a 1 lead to, another node or a symbol. */
interface Node {
  readonly index: number;
  readonly next: (Node | number | undefined)[];
  /** Whether a string may end here: fewer than eight bits into a code, and all of them ones (5.2). */
  readonly mayEnd: boolean;
}

/**
 * Of a step: the symbols that it completes, at most two, as no code is shorter than five bits; then how many they are,
 * whether a string may end here, and the next node.
 */
const SYMBOL_BITS = 8;
const COUNT_SHIFT = 16;
const MAY_END = 1 << 18;
const NODE_SHIFT = 19;

/** Eight bits at a time: what each node makes of each octet. */
const STEPS = stepsOf(treeOf(CODE_LENGTHS));

/** What strings are decoded into. It grows with them: as far as header blocks may, by a little more than half. */
let scratch = Buffer.allocUnsafeSlow(1024);

/** The octets of `bytes[start..end)` as Latin-1; undefined where they are no Huffman code, or are padded wrongly. */
export function decodeHuffman(bytes: Buffer, start: number, end: number): string | undefined {
  // Each step writes two symbols, however many it has.
  const most = Math.ceil(((end - start) * 8) / 5) + 2;
  if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most);
  const symbols = scratch;
  let length = 0;
  let step = MAY_END;
  for (let at = start; at < end; at++) {
    step = STEPS[((step >> NODE_SHIFT) << 8) | bytes[at]!]!;
    symbols[length] = step;
    symbols[length + 1] = step >> SYMBOL_BITS;
    length += (step >> COUNT_SHIFT) & 3;
  }
  return step & MAY_END ? symbols.toString("latin1", 0, length) : undefined;
}

/** The code is canonical: codes of one length follow each other in the order of their symbols. */
function treeOf(lengths: readonly number[]): Node[] {
  const nodes: Node[] = [{index: 0, next: [], mayEnd: true}];
  const symbols = lengths.map((_, symbol) => symbol);
  symbols.sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  let code = 0;
  let before = lengths[symbols[0]!]!;
  for (const symbol of symbols) {
    const length = lengths[symbol]!;
    code *= 2 ** (length - before);
    before = length;
    grow(nodes, code.toString(2).padStart(length, "0"), symbol);
    code++;
  }
  return nodes;
}

function grow(nodes: Node[], bits: string, symbol: number) {
  let node = nodes[0]!;
  for (let depth = 1; depth < bits.length; depth++) {
    const bit = Number(bits[depth - 1]);
    let next = node.next[bit] as Node | undefined;
    if (!next) {
      next = {
        index: nodes.length,
        next: [],
        mayEnd: depth < 8 && /^1+$/.test(bits.slice(0, depth)),
      };
      nodes.push(next);
    }
    node.next[bit] = next;
    node = next;
  }
  node.next[Number(bits.at(-1))] = symbol;
}

/** The last node is where what is refused leads to, and whatever comes after it stays. */
function stepsOf(nodes: readonly Node[]): Int32Array {
  const refused = nodes.length << NODE_SHIFT;
  const steps = new Int32Array((nodes.length + 1) << 8).fill(refused);
  for (const node of nodes)
    for (let octet = 0; octet < 256; octet++)
      steps[(node.index << 8) | octet] = stepOf(nodes[0]!, node, octet) ?? refused;
  return steps;
}

function stepOf(root: Node, from: Node, octet: number): number | undefined {
  let node = from;
  let symbols = 0;
  let count = 0;
  for (let bit = 7; bit >= 0; bit--) {
    const next = node.next[(octet >> bit) & 1];
    if (next === undefined || next === EOS) return undefined;
    if (typeof next === "number") symbols |= next << (SYMBOL_BITS * count++);
    node = typeof next === "number" ? root : next;
  }
  const mayEnd = node.mayEnd ? MAY_END : 0;
  return symbols | (count << COUNT_SHIFT) | mayEnd | (node.index << NODE_SHIFT);
}
