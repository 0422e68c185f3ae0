import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import type {Browser, Page} from "playwright-core";
import {readWorld} from "../../../regions/read.ts";
import {findEnvoy} from "../../../setup/envoy.js";
import {withEveryHost} from "../../every-host.ts";
import {startWorld} from "../../world/world.ts";
import {findChromium, openBrowser} from "../browser.rig.ts";
import {startConsole} from "../console.ts";
import {encode, type Picture} from "./encoder.ts";

/** Films how a region is lost and mended: `node local/console/film/film.rig.ts` writes docs/console.webp and .png. */
const DOCS = join(import.meta.dirname, "../../../docs");
const WATCHED = "westeurope";
/** A second of the world is a quarter of one in the film. */
const EVERY_MS = 1000;
const SHOWN_MS = 250;
const LAST_SHOWN_MS = 3000;
/** Longer than DNS takes to leave a region out, by its probes, and than its TTL. */
const MOST_PICTURES = 60;

const CODE = `function add(a, b) {
  return a + b;
}

function sum(values) {
  const total = values.`;
const TYPED = 9;

async function film(browser: Browser) {
  const page = await browser.newPage({
    viewport: {width: 1280, height: 900},
    deviceScaleFactor: 0.75,
  });
  await page.goto(served.url);
  await page.getByRole("button", {name: "Skip the tour"}).click();
  await page.getByLabel("users in").selectOption("EU-DE");
  await page.getByLabel("in region").selectOption(WATCHED);
  await page.locator("#answered", {hasText: WATCHED}).waitFor();
  const pictures: Picture[] = [];
  const shoot = async (most: number, isEnough = async () => false) => {
    for (let taken = 0; taken < most && !(await isEnough()); taken++) {
      await type(page, taken);
      await sleep(EVERY_MS);
      pictures.push({png: await page.screenshot(), ms: SHOWN_MS});
    }
  };
  const isTold = (text: RegExp) => async () =>
    (await page.getByRole("log").getByRole("listitem").filter({hasText: text}).count()) > 0;
  const isWell = async () => (await page.locator("#failed").textContent()) === "0%";
  await shoot(4);
  await page.getByRole("button", {name: "Lose the region"}).click();
  await shoot(MOST_PICTURES, isTold(/DNS leaves the region out/));
  await shoot(MOST_PICTURES, isWell);
  await shoot(3);
  writeFileSync(join(DOCS, "console.png"), pictures.at(-1)!.png);
  await page.getByRole("button", {name: "Mend everything"}).click();
  await shoot(MOST_PICTURES, isTold(/DNS answers with the region again/));
  await shoot(6);
  const last = pictures.pop()!;
  const whole = await encode(browser, [...pictures, {...last, ms: LAST_SHOWN_MS}]);
  writeFileSync(join(DOCS, "console.webp"), whole);
  console.log(`docs/console.webp: ${pictures.length + 1} pictures, ${whole.length} bytes`);
}

/** A few keys at a time, over and over. */
async function type(page: Page, turn: number) {
  const most = CODE.length;
  const length = most - TYPED + 3 * (turn % (TYPED / 3 + 1));
  await page.getByLabel("Code to complete").fill(CODE.slice(0, length));
}

const chromium = findChromium();
if (!chromium) throw new Error("there is no Chromium to film with; apt-get install chromium");
const {world, retired} = withEveryHost(readWorld());
const folder = mkdtempSync(join(tmpdir(), "meridian-"));
const options = {retired, quotaFactor: 10, proxies: 2, envoy: findEnvoy(), folder, block: 150};
const running = await startWorld({world, ...options});
const served = await startConsole({world, running, port: 0});
const browser = await openBrowser(chromium);
try {
  await film(browser);
} finally {
  await browser.close();
  await served.close();
  await running.stop();
  rmSync(folder, {recursive: true});
}
