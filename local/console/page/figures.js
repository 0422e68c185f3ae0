import {byId, h, inMs, percent, say, svg} from "./dom.js";

/** @import {Description, PageRegion, PageSnapshot} from "./world.d.ts" */

/** Looks in the line of requests a second: two minutes. */
const KEPT = 120;
const LINE_HEIGHT = 28;

/**
 * The tiles, and the one line on how things are.
 * @param {Description} world
 */
export function createFigures({objectives}) {
  const firstByteMs = rangeOf(
    objectives.map(({firstByteMs}) => firstByteMs),
    inMs,
  );
  const most = rangeOf(
    objectives.map(({success}) => 1 - success),
    percent,
  );
  /** @type {number[]} */
  let rates = [];

  /** @param {PageSnapshot} snapshot */
  function show({all, failed, totals, regions}) {
    rates = [...rates, all.perS].slice(-KEPT);
    byId("per-s-line").replaceChildren(svg("polyline", {points: pointsOf(rates)}));
    say(byId("per-s"), all.perS.toFixed(1));
    unit("first-byte", all.firstByteMs?.p50.toFixed(0), "ms median");
    say(byId("first-byte-note"), noteOf(all.firstByteMs, firstByteMs));
    say(byId("cancelled"), percent(all.cancelled));
    say(byId("cancelled-note"), phasesOf(all.phases));
    const {prompt, answer} = totals;
    say(byId("saved"), inWords(prompt + answer));
    say(byId("saved-note"), `${inWords(answer)} of answers, ${inWords(prompt)} of prompts`);
    say(byId("failed"), percent(failed));
    say(byId("failed-note"), `of what people waited for; objective under ${most}`);
    health(regions);
  }

  return {show};
}

/**
 * @param {string} id
 * @param {string | undefined} value
 * @param {string} text
 */
function unit(id, value, text) {
  byId(id).replaceChildren(...(value === undefined ? ["–"] : [`${value} `, h("small", {}, text)]));
}

/**
 * @param {PageSnapshot["all"]["firstByteMs"]} firstByte
 * @param {string} objective
 */
const noteOf = (firstByte, objective) =>
  `${firstByte ? `95% under ${inMs(firstByte.p95)}; ` : ""}objective ${objective}`;

/**
 * Models may differ: `400 ms to 1500 ms`.
 * @param {number[]} values
 * @param {(value: number) => string} write
 */
function rangeOf(values, write) {
  const ends = [Math.min(...values), Math.max(...values)].map(write);
  return [...new Set(ends)].join(" to ");
}

/** @param {number} count */
const inWords = (count) => count.toLocaleString("en");

/** @param {Record<string, number>} phases */
const phasesOf = (phases) =>
  Object.entries(phases)
    .map(([phase, count]) => `${phase} ${count}`)
    .join(" · ");

/** @param {readonly number[]} rates */
function pointsOf(rates) {
  const most = Math.max(1, ...rates);
  const at = rates.map((rate, index) => {
    const x = (120 * index) / Math.max(1, rates.length - 1);
    return `${x.toFixed(1)},${(LINE_HEIGHT - (rate / most) * (LINE_HEIGHT - 4)).toFixed(1)}`;
  });
  return `0,${LINE_HEIGHT} ${at.join(" ")} 120,${LINE_HEIGHT}`;
}

/** @param {readonly PageRegion[]} regions */
function health(regions) {
  const away = regions.filter(({dns}) => dns !== "in");
  const voting = regions.filter(({pods}) => pods.some(({vote}) => vote !== "in"));
  const names = [...new Set([...away, ...voting].map(({name}) => name))];
  const text =
    names.length === 0
      ? `All ${regions.length} regions serve`
      : `${regions.length - names.length} of ${regions.length} regions are whole: look at ${names.join(", ")}`;
  byId("health").className = `health ${names.length === 0 ? "good" : "bad"}`;
  say(byId("health"), text);
}
