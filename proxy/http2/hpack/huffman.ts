/** Lengths in bits of the codes of the 256 octets (RFC 7541, Appendix B). EOS has 30 ones. */
const LENGTHS = [
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

/** Of a step: the symbol that is complete is in the lowest bits, then three flags, then the next node. */
const HAS_SYMBOL = 1 << 8;
const MAY_END = 1 << 9;
const REFUSED = 1 << 10;
const NODE_SHIFT = 11;

/** Four bits at a time: what each node makes of each of the sixteen values. */
const STEPS = stepsOf(treeOf(LENGTHS));

/** What strings are decoded into. It grows with them: as far as header blocks may, by a little more than half. */
let scratch = Buffer.allocUnsafeSlow(1024);

/** The octets of `bytes[start..end)` as Latin-1; undefined where they are no Huffman code, or are padded wrongly. */
export function decodeHuffman(bytes: Buffer, start: number, end: number): string | undefined {
  const most = Math.ceil(((end - start) * 8) / 5);
  if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most);
  let length = 0;
  let node = 0;
  let step = MAY_END;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    step = STEPS[(node << 4) | (byte >> 4)]!;
    if (step & HAS_SYMBOL) scratch[length++] = step;
    if (step & REFUSED) return undefined;
    step = STEPS[((step >> NODE_SHIFT) << 4) | (byte & 15)]!;
    if (step & HAS_SYMBOL) scratch[length++] = step;
    if (step & REFUSED) return undefined;
    node = step >> NODE_SHIFT;
  }
  return step & MAY_END ? scratch.toString("latin1", 0, length) : undefined;
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

function stepsOf(nodes: readonly Node[]): Int32Array {
  const steps = new Int32Array(nodes.length * 16);
  for (const node of nodes)
    for (let value = 0; value < 16; value++)
      steps[node.index * 16 + value] = stepOf(nodes, node, value);
  return steps;
}

/** No code is shorter than five bits: four complete one symbol at most. */
function stepOf(nodes: readonly Node[], from: Node, value: number): number {
  let node = from;
  let symbol = 0;
  for (const bit of [3, 2, 1, 0]) {
    const next = node.next[(value >> bit) & 1];
    if (next === undefined || next === EOS) return REFUSED;
    if (typeof next === "number") symbol = HAS_SYMBOL | next;
    node = typeof next === "number" ? nodes[0]! : next;
  }
  return symbol | (node.mayEnd ? MAY_END : 0) | (node.index << NODE_SHIFT);
}
