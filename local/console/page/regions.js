import {byId, h, inMs, percent} from "./dom.js";
import {standingOf} from "./map.js";

/** @import {Selection} from "./selection.js" */
/** @import {PageRegion, PageSnapshot} from "./world.d.ts" */

/**
 * The table that says what the map shows.
 * @param {{chosen: (region: string) => void}} options
 */
export function createRegions({chosen}) {
  const body = /** @type {HTMLTableElement} */ (byId("regions")).tBodies[0];
  /** @type {Map<string, ReturnType<typeof createRow>>} */
  const rows = new Map();
  let selected = "";

  /** @param {PageSnapshot} snapshot */
  function show({regions}) {
    for (const region of regions) {
      const row = rows.get(region.name) ?? createRow(region.name, chosen);
      rows.set(region.name, row);
      row.show(region);
      if (!row.element.isConnected) body?.append(row.element);
    }
    mark();
  }

  function mark() {
    for (const [name, {element}] of rows)
      element.setAttribute("aria-current", String(name === selected));
  }

  /** @param {Selection} selection */
  function choose({region}) {
    selected = region;
    mark();
  }

  return {show, choose};
}

/**
 * The button stays, so that it keeps its focus while figures change.
 * @param {string} name
 * @param {(region: string) => void} chosen
 */
function createRow(name, chosen) {
  const button = h("button", {type: "button", class: "link"}, name);
  button.addEventListener("click", () => chosen(name));
  const head = h("th", {scope: "row", role: "rowheader"}, button);
  const element = h("tr", {"data-region": name, role: "row"}, head);
  return {
    element,
    show: (/** @type {PageRegion} */ region) => element.replaceChildren(head, ...cellsOf(region)),
  };
}

/** @param {PageRegion} region */
function cellsOf(region) {
  const {dns, pods, perS, firstByteMs, cancelled, failed, models} = region;
  const votes = pods.filter(({vote}) => vote === "in").length;
  const ms = (/** @type {number | undefined} */ value) => (value === undefined ? "–" : inMs(value));
  return [
    cell("Vote", badge(`${votes} of ${pods.length} in`, standingOf(region))),
    cell("DNS", badge(dns, dns)),
    number("Requests/s", perS.toFixed(1)),
    number("Median", ms(firstByteMs?.p50)),
    number("95% under", ms(firstByteMs?.p95)),
    number("Cancelled", percent(cancelled)),
    number("Failed", failed === undefined ? "–" : percent(failed)),
    cell("", h("ul", {}, ...models.map(modelOf))),
  ];
}

/**
 * Its label is shown where the table is cards.
 * @param {string} label
 * @param {Node | string} content
 */
const cell = (label, content) => h("td", {"data-label": label, role: "cell"}, content);

/**
 * @param {string} label
 * @param {string} text
 */
const number = (label, text) => h("td", {"data-label": label, role: "cell", class: "n"}, text);

/** @param {PageRegion["models"][number]} line */
function modelOf({model, by, faults, fallback, replicas}) {
  const answered = by.map(({name, share}) => `${shortened(name, model)} ${percent(share)}`);
  // Which of them answered they alone know.
  const on = replicas === undefined ? "no answer lately" : `replicas: ${replicas}`;
  const next = fallback.length > 0 ? `, then ${fallback.join(", ")}` : "";
  return h(
    "li",
    {},
    h("b", {}, model),
    ` ${answered.join(" · ") || on}`,
    h("span", {class: "quiet"}, next),
    ...faults.map((fault) => badge(shortened(fault, model), "bad")),
  );
}

/**
 * @param {string} name
 * @param {string} model
 */
const shortened = (name, model) =>
  name.startsWith(`${model}-`) ? name.slice(model.length + 1) : name;

/**
 * @param {string} text
 * @param {string} kind
 */
const badge = (text, kind) => h("span", {class: `badge ${kind}`}, text);
