import {byId, h, inMs, say} from "./dom.js";

/** @import {Explanation, Selection} from "./selection.js" */
/** @import {Description} from "./world.d.ts" */

/**
 * Which region serves a place, why, and who is next.
 * @param {Description} world
 * @param {{chosen: (code: string) => void}} options
 */
export function createPlace({places}, {chosen}) {
  const select = /** @type {HTMLSelectElement} */ (byId("place"));
  select.append(...optionsOf(places));
  select.addEventListener("change", () => chosen(select.value));

  /** @param {Selection} selection */
  function choose({place, explanation}) {
    select.value = place;
    byId("explanation").replaceChildren(...shown(explanation));
  }

  return {choose, fail: (/** @type {string} */ message) => say(byId("explanation"), message)};
}

/** @param {Explanation} explanation */
function shown({words, region, chain, nearer}) {
  const order = chain.map(({pool, regions, roundTripMs}, index) =>
    h(
      "li",
      {},
      h("span", {}, `${index + 1}`),
      h("span", {}, `${pool}: ${regions}`),
      h("span", {class: "n"}, inMs(roundTripMs)),
    ),
  );
  return [
    h("p", {}, words),
    h("p", {}, "DNS answers it now with ", h("b", {}, region ?? "no region"), "."),
    h("ol", {"aria-label": "In this order, with the round trip to expect"}, ...order),
    ...nearer.map(({pool, roundTripMs}) =>
      h("p", {class: "note"}, `Nearer, but not its own: ${pool}, ${inMs(roundTripMs)}.`),
    ),
  ];
}

const CONTINENTS = {
  AF: "Africa",
  AN: "Antarctica",
  AS: "Asia",
  EU: "Europe",
  NA: "North America",
  OC: "Oceania",
  SA: "South America",
};

/** @param {Description["places"]} places */
function optionsOf(places) {
  return Object.entries(CONTINENTS).map(([code, label]) =>
    h(
      "optgroup",
      {label},
      ...places
        .filter((place) => place.code.startsWith(`${code}-`))
        .toSorted((a, b) => a.name.localeCompare(b.name))
        .map((place) => h("option", {value: place.code}, place.name)),
    ),
  );
}
