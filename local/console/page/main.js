import {byId, say} from "./dom.js";
import {createFigures} from "./figures.js";
import {createLog} from "./log.js";
import {createMap} from "./map.js";
import {createPlace} from "./place.js";
import {createRegions} from "./regions.js";
import {createSwitches} from "./switches.js";
import {createTyping} from "./typing.js";

/** @import {Description, Snapshot} from "./world.d.ts" */

/** @type {Description} */
const world = await (await fetch("world")).json();
say(byId("hostname"), world.hostname);

const log = createLog();
const map = createMap(world);
const figures = createFigures(world);
const regions = createRegions();
const switches = createSwitches(world, {
  flipped: (region, text) => log.add([{atMs: Date.now(), region, text, kind: "person"}]),
});
const typing = createTyping(world);
const place = createPlace(world, {
  chosen: (code, explanation) => {
    map.choose(code, explanation.region);
    typing.moveTo(code, explanation.place.name);
  },
});

const events = new EventSource("events");
/** @type {(name: string, heard: (data: any) => void) => void} */
const on = (name, heard) => events.addEventListener(name, ({data}) => heard(JSON.parse(data)));

on("page", (page) => {
  log.clear();
  typing.open(page);
});
on("switches", switches.show);
on("news", log.add);
on("failed", ({region, message}) =>
  log.add([{atMs: Date.now(), region, text: message, kind: "person", bad: true}]),
);
on("step", typing.step);
on("snapshot", (/** @type {Snapshot} */ snapshot) => {
  map.show(snapshot);
  figures.show(snapshot);
  regions.show(snapshot);
  place.refresh(snapshot);
});
events.addEventListener("error", () => {
  byId("health").className = "health bad";
  say(byId("health"), "The console is not reached; the world may have been stopped");
});
