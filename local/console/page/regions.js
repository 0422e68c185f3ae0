import {byId, h, inMs, percent} from "./dom.js";
import {standingOf} from "./map.js";

/** @import {RegionView, Snapshot} from "./world.d.ts" */

/** The table that says what the map shows. */
export function createRegions() {
  const body = /** @type {HTMLTableElement} */ (byId("regions")).tBodies[0];
  /** @type {(snapshot: Snapshot) => void} */
  const show = ({regions}) => body?.replaceChildren(...regions.map(rowOf));
  return {show};
}

/** @param {RegionView} region */
function rowOf(region) {
  const {name, dns, pods, perS, firstByteMs, cancelled, failed, deployments} = region;
  const votes = pods.filter(({vote}) => vote === "in").length;
  const number = (/** @type {string} */ text) => h("td", {class: "n"}, text);
  return h(
    "tr",
    {"data-region": name},
    h("th", {scope: "row"}, name),
    h("td", {}, badge(`${votes} of ${pods.length} in`, standingOf(region))),
    h("td", {}, badge(dns, dns)),
    number(perS.toFixed(1)),
    number(firstByteMs ? inMs(firstByteMs.p50) : "–"),
    number(firstByteMs ? inMs(firstByteMs.p95) : "–"),
    number(percent(cancelled)),
    number(percent(failed)),
    h("td", {}, h("ul", {}, ...deployments.map(deploymentOf))),
  );
}

/** @param {RegionView["deployments"][number]} deployment */
function deploymentOf({name, upstream, isFallback, share, waitS, absence}) {
  const text = isFallback ? `fallback ${upstream}` : name;
  const out = absence ?? (share === 0 ? "ejected" : percent(share));
  const state = waitS > 0 ? `429, ${waitS} s` : out;
  const kind = waitS > 0 || share === 0 ? "bad" : share < 1 ? "warn" : "plain";
  return h("li", {}, badge(`${text} ${state}`, kind));
}

/**
 * @param {string} text
 * @param {string} kind
 */
const badge = (text, kind) => h("span", {class: `badge ${kind}`}, text);
