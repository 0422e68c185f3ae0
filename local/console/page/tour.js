import {byId, say} from "./dom.js";

/** Where the browser remembers that it has been seen. */
const SEEN = "meridian-tour";

/** @type {{target: string, title: string, text: string}[]} */
const STEPS = [
  {
    target: ".world",
    title: "A world that runs on this machine",
    text: "Each circle is a region, coloured by what its proxies vote. Lines are people who type, to the region that DNS gives them. Click a region to choose it.",
  },
  {
    target: ".typing",
    title: "Type",
    text: "You are one of those people. Each key cancels the request before it; the line below says which region answered, and whose model.",
  },
  {
    target: "#break",
    title: "Break the region that serves you",
    text: "Press \u201cLose the model\u201d, then type on. Its proxies have other regions' models answer, vote themselves out, and DNS follows.",
  },
  {
    target: ".log-card",
    title: "Read what the system did",
    text: "Every line is something that was observed, and why. \u201cMend everything\u201d, above, turns off all that you broke.",
  },
];
const PRESS = 2;

/** Four steps for a first visit; `Show me around` begins them anew. */
export function createTour() {
  const panel = byId("tour");
  let at = -1;

  /** @param {number} next */
  function go(next) {
    at = next < STEPS.length ? next : -1;
    const step = STEPS[at];
    panel.hidden = !step;
    for (const {target} of STEPS)
      document.querySelector(target)?.classList.toggle("shown", target === step?.target);
    if (!step) return localStorage.setItem(SEEN, "yes");
    say(byId("tour-at"), `${at + 1} of ${STEPS.length}`);
    say(byId("tour-title"), step.title);
    say(byId("tour-text"), step.text);
    say(byId("tour-next"), at + 1 < STEPS.length ? "Next" : "Done");
    document.querySelector(step.target)?.scrollIntoView({block: "nearest"});
  }

  byId("tour-next").addEventListener("click", () => go(at + 1));
  byId("tour-end").addEventListener("click", () => go(STEPS.length));
  byId("tour-again").addEventListener("click", () => go(0));
  if (!localStorage.getItem(SEEN)) go(0);
  return {
    /** A switch was pressed: what comes of it is the next step. */
    pressed: () => at === PRESS && go(PRESS + 1),
  };
}
