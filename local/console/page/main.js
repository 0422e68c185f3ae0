import {byId, say} from "./dom.js";
import {createFigures} from "./figures.js";
import {createLog} from "./log.js";
import {createMap} from "./map.js";
import {createPlace} from "./place.js";
import {createRegions} from "./regions.js";
import {createSelection} from "./selection.js";
import {createSwitches} from "./switches.js";
import {createTour} from "./tour.js";
import {createTyping} from "./typing.js";

/** @import {Description, PageSnapshot} from "./world.d.ts" */

/** @type {Description} */
const world = await (await fetch("world")).json();
say(byId("hostname"), world.hostname);

const log = createLog();
const tour = createTour();
const selection = createSelection(world, {
  changed: (chosen) => {
    for (const part of [map, switches, regions, place, typing]) part.choose(chosen);
  },
  failed: (message) => place.fail(message),
});
const map = createMap(world, {clicked: selection.chooseRegion});
const figures = createFigures(world);
const regions = createRegions({chosen: selection.chooseRegion});
const switches = createSwitches(world, {
  chosen: selection.chooseRegion,
  flipped: (region, text) => {
    log.add([{atMs: Date.now(), region, text, kind: "person"}]);
    tour.pressed();
  },
});
const typing = createTyping(world);
const place = createPlace(world, {chosen: selection.choosePlace});

const events = new EventSource("events");
/** @type {(name: string, heard: (data: any) => void) => void} */
const on = (name, heard) => events.addEventListener(name, ({data}) => heard(JSON.parse(data)));

let stopped = false;
on("page", (page) => {
  // Another world may have other regions.
  if (stopped) return location.reload();
  log.clear();
  typing.open(page);
});
on("switches", switches.show);
on("news", log.add);
on("failed", ({region, message}) =>
  log.add([{atMs: Date.now(), region, text: message, kind: "person", bad: true}]),
);
on("step", typing.step);
on("snapshot", (/** @type {PageSnapshot} */ snapshot) => {
  map.show(snapshot);
  figures.show(snapshot);
  regions.show(snapshot);
  selection.refresh(snapshot);
});
events.addEventListener("error", () => {
  stopped = true;
  document.body.classList.add("stopped");
  document.querySelector("main")?.setAttribute("inert", "");
  byId("health").className = "health bad";
  say(byId("health"), "The world has stopped; npm start brings it back");
});
