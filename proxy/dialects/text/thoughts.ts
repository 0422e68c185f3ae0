import type {Filter} from "./filter.ts";

/** How models that reason in their answer mark it. */
const TAGS = ["think", "thinking", "thought", "reasoning"];
const BEGINNINGS = TAGS.map((tag) => `<${tag}>`);
const LONGEST_END = "</reasoning>".length;

/** Takes off thoughts that stand before the answer, and the blank lines between. */
export function createThoughts(): Filter {
  let held = "";
  let state: "open" | "thinking" | "blank" | "answering" = "open";
  let closing = "";

  function push(piece: string): string {
    if (state === "answering") return piece;
    held += piece;
    if (state === "open") begin();
    if (state === "thinking") skip();
    if (state === "blank" && /\S/.test(held)) {
      held = held.replace(/^\s*\n/, "");
      state = "answering";
    }
    return state === "answering" ? release() : "";
  }

  function begin() {
    const start = held.trimStart();
    const tag = BEGINNINGS.find((tag) => start.startsWith(tag));
    if (tag) {
      state = "thinking";
      closing = tag.replace("<", "</");
    } else if (!BEGINNINGS.some((tag) => tag.startsWith(start))) state = "answering";
  }

  function skip() {
    const place = held.indexOf(closing);
    if (place >= 0) state = "blank";
    held = place < 0 ? held.slice(-LONGEST_END) : held.slice(place + closing.length);
  }

  function release(): string {
    const text = held;
    held = "";
    return text;
  }

  return {push, end: () => (state === "open" ? release() : ""), ended: false};
}
