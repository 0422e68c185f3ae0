/** @import {Description, PageSnapshot} from "./world.d.ts" */
/**
 * @typedef {{pool: string, regions: string, roundTripMs: number}} Option
 * @typedef {{place: {name: string}, words: string, region?: string, chain: Option[], nearer: Option[]}} Explanation
 * @typedef {{place: string, region: string, explanation: Explanation}} Selection
 */

const FIRST = "NA-US-NY";

/**
 * The one place and the one region that all of the page is about: one types at the place, breaks the region, and
 * the region serves the place unless it is out.
 * @param {Description} world
 * @param {{changed: (selection: Selection) => void, failed: (message: string) => void}} options
 */
export function createSelection({regions}, {changed, failed}) {
  /** @type {Selection | undefined} */
  let now;
  /** @type {{place: string, region?: string | undefined}} What was asked for last, and once it is answered, that. */
  let wanted = {place: FIRST};
  let asked = 0;
  let seen = "";

  /**
   * @param {string} place
   * @param {string} [region] Without one it is the region that serves the place.
   */
  async function explain(place, region) {
    const number = ++asked;
    wanted = {place, region};
    const query = new URLSearchParams({code: place, ...(region && {region})});
    const answer = await fetch(`place?${query}`);
    if (number !== asked) return;
    if (!answer.ok) return failed(await answer.text());
    /** @type {Explanation} */
    const explanation = await answer.json();
    const shown = region ?? explanation.region ?? now?.region ?? regions[0]?.name ?? "";
    now = {place, region: shown, explanation};
    wanted = now;
    changed(now);
  }

  /** @param {string} name */
  function chooseRegion(name) {
    const region = regions.find((one) => one.name === name);
    const isServed = now?.explanation.chain[0]?.pool === region?.pool;
    const place = isServed ? undefined : region?.home;
    void explain(place ?? now?.place ?? FIRST, name);
  }

  /**
   * Explains anew when DNS has changed.
   * @param {PageSnapshot} snapshot
   */
  function refresh({regions}) {
    const dns = regions.map(({dns}) => dns).join();
    if (dns === seen) return;
    seen = dns;
    void explain(wanted.place, wanted.region);
  }

  return {
    choosePlace: (/** @type {string} */ code) => void explain(code),
    chooseRegion,
    refresh,
  };
}
