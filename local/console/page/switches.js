import {byId, h, post, say} from "./dom.js";

/** @import {Selection} from "./selection.js" */
/** @import {Description} from "./world.d.ts" */

/**
 * Buttons for the region that is chosen; those that stay on say so.
 * @param {Description} world
 * @param {{chosen: (region: string) => void, flipped: (region: string, text: string) => void}} options
 */
export function createSwitches({regions, switches}, {chosen: choosing, flipped}) {
  const mend = /** @type {HTMLButtonElement} */ (byId("mend"));
  const chosen = /** @type {HTMLSelectElement} */ (byId("region"));
  chosen.append(...regions.map(({name}) => h("option", {value: name}, name)));
  /** @type {Record<string, string[]>} */
  let state = {};
  const buttons = switches.map((one) => {
    const button = h(
      "button",
      {type: "button", "data-switch": one.name},
      one.label,
      h("span", {}, one.help),
    );
    button.addEventListener("click", () => flip(one));
    return {...one, button};
  });
  byId("switches").append(...buttons.map(({button}) => button));
  chosen.addEventListener("change", () => choosing(chosen.value));
  mend.addEventListener("click", () =>
    attempt(async () => {
      const broken = Object.keys(state).filter((region) => state[region]?.length);
      await post("mend", {});
      for (const region of broken) flipped(region, "You: mend everything");
    }),
  );

  /** @param {Description["switches"][number]} one */
  async function flip({name, label, stays}) {
    const region = chosen.value;
    const wasOn = state[region]?.includes(name) ?? false;
    await attempt(async () => {
      await post("switch", {name, region});
      flipped(region, `You: ${label.toLowerCase()}${stays ? (wasOn ? ", off" : ", on") : ""}`);
    });
  }

  /** @param {() => Promise<void>} act */
  async function attempt(act) {
    try {
      await act();
      say(byId("switch-said"), "");
    } catch (error) {
      say(byId("switch-said"), `It did not work: ${/** @type {Error} */ (error).message}`);
    }
  }

  function paint() {
    const on = state[chosen.value] ?? [];
    for (const {name, stays, button} of buttons)
      if (stays) button.setAttribute("aria-pressed", String(on.includes(name)));
    mend.disabled = Object.values(state).every(({length}) => length === 0);
    for (const option of chosen.options)
      say(option, `${option.value}${state[option.value]?.length ? " (broken)" : ""}`);
  }

  /** @param {Record<string, string[]>} next */
  function show(next) {
    state = next;
    paint();
  }

  /** @param {Selection} selection */
  function choose({region}) {
    chosen.value = region;
    paint();
  }

  return {show, choose};
}
