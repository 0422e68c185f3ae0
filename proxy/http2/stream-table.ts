/** The open streams of a connection, by id. */
export interface StreamTable<Stream> {
  readonly size: number;
  get(id: number): Stream | undefined;
  /** Adds one whose id is not there. */
  add(stream: Stream): void;
  delete(id: number): void;
  /** A copy: streams that come or go later do not change it. */
  all(): Stream[];
  clear(): void;
}

const LEAST_SLOTS = 8;

/**
 * By linear probing (Knuth, The Art of Computer Programming, 6.4, algorithms L and R). A Map would keep who has left:
 * V8 links each table that a Map outgrew to the next, and once one of them is old, all later ones stay until a
 * collection of the whole heap, with the streams that were in them.
 */
export function createStreamTable<Stream extends {readonly id: number}>(): StreamTable<Stream> {
  let slots = emptySlots<Stream>(LEAST_SLOTS);
  let size = 0;

  /** Where it is, or would be put. Ids follow each other, so that most are where they belong. */
  function placeOf(id: number): number {
    const last = slots.length - 1;
    let place = homeOf(id);
    for (let there = slots[place]; there && there.id !== id; there = slots[place])
      place = (place + 1) & last;
    return place;
  }

  const homeOf = (id: number) => (id >>> 1) & (slots.length - 1);

  function grow() {
    const before = slots;
    slots = emptySlots(2 * before.length);
    for (const stream of before) if (stream) slots[placeOf(stream.id)] = stream;
  }

  /** Moves into a gap whoever was put behind it for want of it. */
  function close(gap: number) {
    const last = slots.length - 1;
    let place = (gap + 1) & last;
    for (let there = slots[place]; there; there = slots[place]) {
      const isPast = ((place - homeOf(there.id)) & last) >= ((place - gap) & last);
      if (isPast) {
        slots[gap] = there;
        gap = place;
      }
      place = (place + 1) & last;
    }
    slots[gap] = undefined;
  }

  return {
    get size() {
      return size;
    },
    get: (id) => slots[placeOf(id)],
    add(stream) {
      if (2 * size >= slots.length) grow();
      slots[placeOf(stream.id)] = stream;
      size++;
    },
    delete(id) {
      const place = placeOf(id);
      if (!slots[place]) return;
      size--;
      close(place);
    },
    all: () => slots.filter((stream) => stream !== undefined),
    clear() {
      slots = emptySlots(LEAST_SLOTS);
      size = 0;
    },
  };
}

const emptySlots = <Stream>(count: number): (Stream | undefined)[] =>
  new Array<Stream | undefined>(count).fill(undefined);
