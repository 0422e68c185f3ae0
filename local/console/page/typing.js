import {byId, h, inMs, post, say} from "./dom.js";

/** @import {Selection} from "./selection.js" */
/** @import {Description, Step} from "./world.d.ts" */

/** Requests whose fate is shown. */
const KEPT = 30;

/** @type {Record<Step["step"], string>} */
const WORDS = {
  sent: "waiting",
  streaming: "streaming",
  done: "done",
  cancelled: "cancelled",
  stopped: "cancelled",
  refused: "failed",
};

/**
 * Someone types; completions come, and each key cancels the one before.
 * @param {Description} world
 */
export function createTyping({models}) {
  const model = /** @type {HTMLSelectElement} */ (byId("model"));
  model.append(...models.map((name) => h("option", {value: name}, name)));
  const code = /** @type {HTMLTextAreaElement} */ (byId("code"));
  const accept = /** @type {HTMLButtonElement} */ (byId("accept"));
  const fates = byId("fates");
  /** @type {Map<string, HTMLElement>} */
  const items = new Map();
  let page = "";
  let place = "";
  let region = "";
  let editor = 0;
  let last = 0;
  let suggestion = "";

  async function ask() {
    suggest("");
    try {
      if (page && place)
        await post("type", {page, place, region, model: model.value, prompt: code.value});
    } catch (error) {
      say(byId("suggested"), /** @type {Error} */ (error).message);
    }
  }

  /** @param {string} text */
  function suggest(text) {
    suggestion = text;
    accept.disabled = text === "";
    byId("ghost").replaceChildren(code.value, ...(text ? [h("ins", {}, text)] : []));
    byId("ghost").scrollTop = code.scrollTop;
  }

  function take() {
    if (!suggestion) return;
    code.value += suggestion;
    code.focus();
    code.setSelectionRange(code.value.length, code.value.length);
    void ask();
  }

  /** @param {KeyboardEvent} event */
  function keyed(event) {
    const isAtEnd = code.selectionStart === code.value.length;
    if (event.key !== "ArrowRight" || !isAtEnd || !suggestion) return;
    event.preventDefault();
    take();
  }

  /** @param {Step} step */
  function step(step) {
    show(step);
    if (step.number < last) return;
    last = step.number;
    if (step.step === "streaming" || step.step === "done") suggest(step.text);
    if (step.step === "done") {
      say(byId("suggested"), `Suggestion: ${step.text}`);
      say(byId("answered"), whoOf(step));
    }
    if (step.step === "refused") say(byId("answered"), `nobody: ${step.note}`);
  }

  /** @param {Step} told */
  function show(told) {
    const {number, step, note} = told;
    const key = `${editor} ${number}`;
    const item = items.get(key) ?? h("li", {"data-number": String(number)});
    items.set(key, item);
    const text = `${whoOf(told)}${note ? `: ${note}` : ""}`;
    item.replaceChildren(
      h("span", {class: "number"}, `#${number}`),
      h("span", {class: `badge ${step}`}, WORDS[step]),
      h("span", {}, text),
    );
    if (!item.isConnected) fates.prepend(item);
    while (fates.children.length > KEPT) fates.lastElementChild?.remove();
  }

  /** @param {Selection} selection */
  function choose(selection) {
    if (selection.place === place && selection.region === region) return;
    ({place, region} = selection);
    say(byId("typing-where"), `from ${selection.explanation.place.name}`);
    if (page) void ask();
  }

  /** @param {string} next What the server calls this page, whose requests it counts anew. */
  function open(next) {
    page = next;
    editor++;
    last = 0;
    if (place) void ask();
  }

  model.addEventListener("change", ask);
  code.addEventListener("input", ask);
  code.addEventListener("keydown", keyed);
  code.addEventListener("scroll", () => {
    byId("ghost").scrollTop = code.scrollTop;
  });
  accept.addEventListener("click", take);
  return {step, choose, open};
}

/** @param {Step} step `eastus2, by canadacentral's model, 62 ms`. */
function whoOf({region, by, ms}) {
  const maker = by && `by ${by === region ? "its own" : `${by}'s`} model`;
  return [region ?? "nowhere", maker, inMs(ms)].filter(Boolean).join(", ");
}
