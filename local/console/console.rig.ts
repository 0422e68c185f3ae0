import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {smallWorld} from "../../infra/fixture.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {until as untilTrue} from "../../setup/until.ts";
import {withEveryHost} from "../every-host.ts";
import {type RunningWorld, startWorld} from "../world/world.ts";
import {openBrowser} from "./browser.rig.ts";
import {type Console, startConsole} from "./console.ts";

export const LIMIT_MS = 30_000;

/** DNS that forgets within a second, as no one here can wait for half a minute. */
function worldOf(firstByteMs: number) {
  const {service} = smallWorld;
  const objective = {...service.objective, firstByteMs};
  return withEveryHost({...smallWorld, service: {...service, ttlS: 1, objective}});
}

/** A console of a world of two regions, open in a browser. */
export interface OpenConsole {
  readonly regions: readonly string[];
  readonly served: Console;
  readonly browser: Browser;
  readonly page: Page;
  /** What the page said of itself that it should not have. */
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

export interface OpenOptions {
  readonly executablePath: string;
  /** The second octet of the world's addresses: two worlds need two. */
  readonly block: number;
  /** The objective. */
  readonly firstByteMs: number;
}

export async function openConsole(options: OpenOptions): Promise<OpenConsole> {
  const {executablePath, block, firstByteMs} = options;
  const {world, retired} = worldOf(firstByteMs);
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  const faults: string[] = [];
  let running: RunningWorld | undefined;
  let served: Console | undefined;
  let browser: Browser | undefined;
  const stop = async () => {
    await browser?.close();
    await served?.close();
    await running?.stop();
    rmSync(folder, {recursive: true});
  };
  try {
    const place = {folder, block, probeMs: 200};
    const options = {retired, quotaFactor: 10, proxies: 2, envoy: findEnvoy(), ...place};
    running = await startWorld({world, ...options});
    served = await startConsole({world, running, port: 0});
    browser = await openBrowser(executablePath);
    const page = await browser.newPage({viewport: {width: 1440, height: 900}});
    page.setDefaultTimeout(LIMIT_MS);
    page.on("pageerror", ({message}) => faults.push(message));
    page.on("console", (said) => said.type() === "error" && faults.push(said.text()));
    await page.goto(served.url);
    await page.getByRole("status").filter({hasText: "All 2 regions serve"}).waitFor();
    const regions = world.regions.map(({name}) => name);
    return {regions, served, browser, page, faults, stop};
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What tests of the page look at, and do; `page` is there once they run. */
export function handsOn(page: () => Page) {
  const button = (name: string) => page().getByRole("button", {name, exact: false});
  const row = (region: string) => page().locator(`tr[data-region=${region}]`);
  const hasClass = (region: string, standing: string) =>
    page().locator(`g.node.${standing}[data-region=${region}]`).waitFor({state: "attached"});
  const pressed = (name: string) => button(name).and(page().locator("[aria-pressed=true]"));
  const isChosen = (region: string) =>
    row(region).and(page().locator("[aria-current=true]")).waitFor();
  const flip = async (region: string, name: string) => {
    await page().getByLabel("in region").selectOption(region);
    await isChosen(region);
    await button(name).click();
  };
  /** Turns a switch on, sees what comes of it, turns it off, and sees the region whole again. */
  async function andBack(region: string, name: string, see: () => Promise<unknown>) {
    await flip(region, name);
    await pressed(name).waitFor();
    await see();
    await flip(region, name);
    await hasClass(region, "in");
  }
  return {
    ...{button, row, hasClass, pressed, isChosen, flip, andBack},
    node: (region: string) => page().locator(`g.node[data-region=${region}]`),
    news: (text: RegExp) =>
      page().getByRole("log").getByRole("listitem").filter({hasText: text}).first(),
  };
}

export const until = (what: string, condition: () => Promise<boolean>) =>
  untilTrue(condition, {what, withinMs: LIMIT_MS, everyMs: 100});
