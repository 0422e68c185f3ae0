import {byId, h} from "./dom.js";

const KEPT = 80;

/**
 * @typedef {{atMs: number, region: string, text: string, kind: string, bad?: boolean}} Line
 * Newest first.
 */
export function createLog() {
  const list = byId("log");

  /** @param {readonly Line[]} lines Oldest first. */
  function add(lines) {
    for (const line of lines) list.prepend(itemOf(line));
    while (list.children.length > KEPT) list.lastElementChild?.remove();
  }

  return {add, clear: () => list.replaceChildren()};
}

/** @param {Line} line */
function itemOf({atMs, region, text, kind, bad}) {
  const at = new Date(atMs);
  const time = h("time", {datetime: at.toISOString()}, at.toLocaleTimeString("en-GB"));
  const kinds = `${kind}${bad ? " bad" : ""}`;
  return h("li", {class: kinds}, time, h("span", {}, h("b", {}, region), ` ${text}`));
}
