/** Takes something off a text that comes in pieces. It holds back what may still turn out either way. */
export interface Filter {
  /** What of the text so far is certain now, beyond what was said before. */
  push(piece: string): string;
  /** There is no more: what was held on to, as far as it belongs to the text. */
  end(): string;
  /** Whatever else comes does not belong to the text. */
  readonly ended: boolean;
}

/** What a filter leaves of a text that comes all at once, and whether it ended it. */
export function filtered(said: string, filter: Filter): {text: string; ended: boolean} {
  const text = filter.push(said);
  return {text: filter.ended ? text : text + filter.end(), ended: filter.ended};
}

/** One filter of several: each takes what the one before it gives. The first that has ended ends all. */
export function chained(filters: readonly Filter[]): Filter {
  const endAfter = (index: number): string => {
    let text = "";
    for (const filter of filters.slice(index)) text = filter.push(text) + filter.end();
    return text;
  };
  let ended = false;

  function push(piece: string): string {
    let text = piece;
    for (const [index, filter] of filters.entries()) {
      text = filter.push(text);
      if (!filter.ended) continue;
      ended = true;
      return passed(text, index + 1);
    }
    return text;
  }

  /** The last that a filter gives, through those after it. */
  function passed(text: string, from: number): string {
    let rest = text;
    for (const filter of filters.slice(from)) {
      rest = filter.push(rest);
      if (!filter.ended) rest += filter.end();
    }
    return rest;
  }

  return {
    push,
    end: () => (ended ? "" : endAfter(0)),
    get ended() {
      return ended;
    },
  };
}
