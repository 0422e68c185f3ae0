import type {Filter} from "./filter.ts";

/** Ends a text before the first of the stop texts. */
export function createStops(stop: readonly string[]): Filter {
  let held = "";
  let ended = false;

  function push(piece: string): string {
    const text = held + piece;
    const places = stop.map((one) => text.indexOf(one)).filter((place) => place >= 0);
    ended = places.length > 0;
    const end = ended ? leastOf(places) : text.length - begun(text, stop);
    held = ended ? "" : text.slice(end);
    return text.slice(0, end);
  }

  return {
    push,
    end: () => held,
    get ended() {
      return ended;
    },
  };
}

const leastOf = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.min(a, b));

/** How many of the last characters may be the beginning of a stop text. */
function begun(text: string, stop: readonly string[]): number {
  return stop.reduce((most, one) => Math.max(most, overlap(text, one)), 0);
}

/** How many of the last characters of `text` are the first of `stop`. */
function overlap(text: string, stop: string): number {
  let length = Math.min(stop.length - 1, text.length);
  while (length > 0 && !text.endsWith(stop.slice(0, length))) length--;
  return length;
}
