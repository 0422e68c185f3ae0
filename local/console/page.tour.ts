import assert from "node:assert/strict";
import {after, before, describe, test} from "node:test";
import axe from "axe-core";
import type {Page} from "playwright-core";
import {findChromium} from "./browser.rig.ts";
import {handsOn, type OpenConsole, openConsole} from "./console.rig.ts";
import {encode} from "./film/encoder.ts";

const chromium = findChromium();
const SIZES = [
  {width: 1440, height: 900},
  {width: 1024, height: 768},
  {width: 390, height: 844},
];

if (!chromium)
  console.log(
    "NOT RUN: the console's page in a browser, for there is none; apt-get install chromium",
  );
else describe("the console's page", () => tour(chromium));

function tour(executablePath: string) {
  let open: OpenConsole;
  let page: Page;
  const {button, row, node, isChosen} = handsOn(() => page);
  before(async () => {
    // However busy this machine is, no region is out: what the page shows is not about that.
    open = await openConsole({executablePath, block: 140, firstByteMs: 20_000});
    page = open.page;
  });
  after(() => open?.stop());

  test("the first suggestion that anybody sees is right code", () =>
    page
      .locator("#ghost ins", {hasText: /^reduce\(\(sum, value\) => sum \+ value, 0\);/})
      .waitFor());

  test("a first visit is shown around in four steps; the next is not, until it asks", async () => {
    const panel = page.getByRole("dialog");
    const step = (number: number) => panel.getByText(`${number} of 4`).waitFor();
    await step(1);
    await button("Next").click();
    await step(2);
    await button("Next").click();
    await step(3);
    await button("Storm of cancels").click();
    await step(4);
    await button("Done").click();
    await panel.waitFor({state: "hidden"});
    await page.reload();
    await row("eastus2").waitFor();
    assert.equal(await panel.isVisible(), false);
    await button("Show me around").click();
    await step(1);
    await button("Skip the tour").click();
    await panel.waitFor({state: "hidden"});
  });

  test("one selection: a place chooses the region that serves it; a region, its place; one types there", async () => {
    const place = page.getByLabel("users in");
    const region = page.getByLabel("in region");
    const answered = (name: string) =>
      page
        .locator("#answered", {hasText: new RegExp(`^${name}, by its own model, \\d+ ms$`)})
        .waitFor();
    await place.selectOption("EU-DE");
    await isChosen("westeurope");
    assert.equal(await region.inputValue(), "westeurope");
    await answered("westeurope");
    await node("eastus2").click();
    await isChosen("eastus2");
    assert.match(await place.inputValue(), /^NA-US-/);
    await answered("eastus2");
    await row("westeurope").getByRole("button").click();
    await isChosen("westeurope");
    assert.match(await place.inputValue(), /^EU-NL/);
    await answered("westeurope");
    await region.selectOption("eastus2");
    await isChosen("eastus2");
    await answered("eastus2");
  });

  test("every control is reached by the keyboard, has a name, and shows its focus", async () => {
    await page.locator("body").focus();
    await page.reload();
    await page
      .getByRole("status")
      .filter({hasText: /regions/})
      .waitFor();
    const names: string[] = [];
    for (let pressed = 0; pressed < 40; pressed++) {
      await page.keyboard.press("Tab");
      const seen = (await page.evaluate(FOCUS)) as {name: string; outline: string} | undefined;
      if (!seen) break;
      assert.notEqual(seen.outline, "none 0px", seen.name);
      names.push(seen.name);
    }
    assert.equal(names[0], "Skip to the switches");
    for (const wanted of [
      "Lose the model",
      "Storm of cancels",
      "eastus2",
      "Code to complete",
      "Regions",
    ])
      assert.ok(
        names.some((name) => name.startsWith(wanted)),
        `${wanted} in ${names.join(", ")}`,
      );
    assert.deepEqual(
      names.filter((name) => name === ""),
      [],
    );
  });

  for (const viewport of SIZES)
    for (const colorScheme of ["light", "dark"] as const)
      test(`${viewport.width} by ${viewport.height}, ${colorScheme}: axe finds nothing serious, nothing scrolls sideways, every switch is there`, async () => {
        await page.setViewportSize(viewport);
        await page.emulateMedia({colorScheme});
        await button("Show me around").click();
        assert.deepEqual(await seriousIn(page), []);
        await button("Skip the tour").click();
        await page.evaluate("scrollTo(0, 0)");
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), viewport.width);
        // A phone has no room for both.
        if (viewport.width > 1000) assert.deepEqual(await page.evaluate(UNSEEN), []);
        assert.ok(await button("Kill a proxy").isVisible());
      });

  test("pictures of it become an animation that a browser plays, each for as long as it shows the same", async () => {
    const before = await page.screenshot();
    await page.evaluate("document.querySelector('h1').textContent = 'Changed'");
    const changed = await page.screenshot();
    const pictures = [before, changed, changed].map((png) => ({png, ms: 500}));
    const bytes = await encode(open.browser, pictures);
    const played = await page.evaluate(`(async () => {
      const data = Uint8Array.fromBase64("${bytes.toString("base64")}");
      const decoder = new ImageDecoder({data, type: "image/webp"});
      await decoder.tracks.ready;
      const durations = [];
      for (let frameIndex = 0; frameIndex < decoder.tracks.selectedTrack.frameCount; frameIndex++)
        durations.push((await decoder.decode({frameIndex})).image.duration / 1000);
      return durations;
    })()`);
    assert.deepEqual(played, [500, 1000]);
    await page.reload();
  });

  test("a console that has stopped turns grey, says so, and takes no more switches", async () => {
    // It was loaded anew, and may not have heard of the world yet.
    await row("eastus2").waitFor();
    await open.served.close();
    await page.getByRole("status").filter({hasText: "The world has stopped"}).waitFor();
    assert.equal(
      await page.evaluate("getComputedStyle(document.querySelector('main')).filter"),
      "grayscale(1)",
    );
    assert.equal(await page.evaluate("document.querySelector('main').inert"), true);
    assert.deepEqual(
      open.faults.filter((fault) => !fault.includes("ERR_")),
      [],
    );
  });
}

/** What axe holds for serious, or worse; the text of an image is not judged by it. */
async function seriousIn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const run = `axe.run({resultTypes: ["violations"]})`;
  const {violations} = (await page.evaluate(run)) as axe.AxeResults;
  return violations
    .filter(({impact}) => impact === "serious" || impact === "critical")
    .flatMap(({id, nodes}) =>
      nodes.map(({html, failureSummary}) => `${id}: ${html} ${failureSummary}`),
    );
}

/** Of the map and the switches, what the page shows only once it is scrolled. */
const UNSEEN = `[...document.querySelectorAll("#live, [data-switch]")]
  .filter((one) => one.getBoundingClientRect().bottom > innerHeight)
  .map((one) => one.dataset.switch ?? one.id)`;

/** What a screen reader calls the focused element, and how its focus shows; undefined at the end of the page. */
const FOCUS = `(() => {
  const element = document.activeElement;
  if (element === document.body) return undefined;
  const labelled = element.getAttribute("aria-labelledby");
  const name = element.getAttribute("aria-label")
    ?? (labelled && document.getElementById(labelled).textContent)
    ?? element.labels?.[0]?.textContent
    ?? element.textContent;
  const {outlineStyle, outlineWidth} = getComputedStyle(element);
  return {name: name.trim(), outline: outlineStyle + " " + outlineWidth};
})()`;
