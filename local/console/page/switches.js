import {byId, h, post, say} from "./dom.js";

/** @import {Description} from "./world.d.ts" */

/**
 * Buttons for the region that is chosen; those that stay on say so.
 * @param {Description} world
 * @param {{flipped: (region: string, text: string) => void}} options
 */
export function createSwitches({regions, switches}, {flipped}) {
  const chosen = /** @type {HTMLSelectElement} */ (byId("region"));
  chosen.append(...regions.map(({name}) => h("option", {}, name)));
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
  chosen.addEventListener("change", paint);

  /** @param {Description["switches"][number]} one */
  async function flip({name, label, stays}) {
    const region = chosen.value;
    const wasOn = state[region]?.includes(name) ?? false;
    try {
      await post("switch", {name, region});
      flipped(region, `You: ${label.toLowerCase()}${stays ? (wasOn ? ", off" : ", on") : ""}`);
      say(byId("switch-said"), "");
    } catch (error) {
      say(byId("switch-said"), `It did not work: ${/** @type {Error} */ (error).message}`);
    }
  }

  function paint() {
    const on = state[chosen.value] ?? [];
    for (const {name, stays, button} of buttons)
      if (stays) button.setAttribute("aria-pressed", String(on.includes(name)));
  }

  /** @param {Record<string, string[]>} next */
  function show(next) {
    state = next;
    paint();
  }

  return {show};
}
