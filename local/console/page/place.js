import {byId, h, inMs, say} from "./dom.js";

/** @import {Description, Snapshot} from "./world.d.ts" */
/**
 * @typedef {{pool: string, regions: string, roundTripMs: number}} Option
 * @typedef {{place: {name: string}, words: string, region?: string, chain: Option[], nearer: Option[]}} Explanation
 */

/**
 * Which region serves a place, why, and who is next.
 * @param {Description} world
 * @param {{chosen: (code: string, explanation: Explanation) => void}} options
 */
export function createPlace({places}, {chosen}) {
  const select = /** @type {HTMLSelectElement} */ (byId("place"));
  select.append(...optionsOf(places));
  select.value = "NA-US-NY";
  select.addEventListener("change", explain);
  let seen = "";

  async function explain() {
    const code = select.value;
    const answer = await fetch(`place?code=${encodeURIComponent(code)}`);
    if (!answer.ok) return say(byId("explanation"), await answer.text());
    /** @type {Explanation} */
    const explanation = await answer.json();
    if (code !== select.value) return;
    byId("explanation").replaceChildren(...shown(explanation));
    chosen(code, explanation);
  }

  /**
   * Explains anew when DNS has changed.
   * @param {Snapshot} snapshot
   */
  function refresh({regions}) {
    const now = regions.map(({dns}) => dns).join();
    if (now === seen) return;
    seen = now;
    void explain();
  }

  return {refresh};
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
