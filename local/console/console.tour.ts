import assert from "node:assert/strict";
import {mkdtempSync, rmSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import type {Browser, Page} from "playwright-core";
import {smallWorld} from "../../infra/fixture.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {withEveryHost} from "../every-host.ts";
import {type RunningWorld, startWorld} from "../world/world.ts";
import {findChromium, openBrowser} from "./browser.rig.ts";
import {type Console, startConsole} from "./console.ts";

const chromium = findChromium();
const envoy = findEnvoy();
const LIMIT_MS = 30_000;

if (!chromium)
  console.log("NOT RUN: the console in a browser, for there is none; apt-get install chromium");
else describe("the console in a browser", () => tour(chromium));

/** DNS that forgets within a second, as no one here can wait for half a minute. */
const small = {...smallWorld, service: {...smallWorld.service, ttlS: 1}};
const {world, retired} = withEveryHost(small);

function tour(executablePath: string) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  const faults: string[] = [];
  let running: RunningWorld;
  let served: Console;
  let browser: Browser;
  let page: Page;

  before(async () => {
    const place = {folder, block: 130, probeMs: 200};
    running = await startWorld({world, retired, proxies: 2, envoy, ...place});
    served = await startConsole({world, running, port: 0});
    browser = await openBrowser(executablePath);
    page = await browser.newPage({viewport: {width: 1280, height: 900}});
    page.setDefaultTimeout(LIMIT_MS);
    page.on("pageerror", ({message}) => faults.push(message));
    page.on("console", (said) => said.type() === "error" && faults.push(said.text()));
    await page.goto(served.url);
    await page.getByRole("status").filter({hasText: "All 2 regions serve"}).waitFor();
  });

  after(async () => {
    await browser?.close();
    await served?.close();
    await running?.stop();
    rmSync(folder, {recursive: true});
  });

  const row = (region: string) => page.locator(`tr[data-region=${region}]`);
  const node = (region: string) => page.locator(`g.node[data-region=${region}]`);
  const news = (text: RegExp) =>
    page.getByRole("log").getByRole("listitem").filter({hasText: text});
  const button = (name: string) => page.getByRole("button", {name, exact: false});
  const flip = async (region: string, name: string) => {
    await page.getByLabel("in region").selectOption(region);
    await button(name).click();
  };
  const pressed = (name: string) => button(name).and(page.locator("[aria-pressed=true]"));
  const hasClass = (region: string, standing: string) =>
    page.locator(`g.node.${standing}[data-region=${region}]`).waitFor({state: "attached"});
  /** Turns a switch on, sees what comes of it, turns it off, and sees the region whole again. */
  const andBack = async (region: string, name: string, see: () => Promise<unknown>) => {
    await flip(region, name);
    await pressed(name).waitFor();
    await see();
    await flip(region, name);
    await hasClass(region, "in");
  };

  test("shows every region with its votes, traffic and arcs", async () => {
    for (const {name} of world.regions) {
      await row(name).getByText("2 of 2 in").waitFor();
      assert.ok(await node(name).isVisible());
    }
    await page.locator("#arcs path").first().waitFor({state: "attached"});
    await until(async () => Number(await page.locator("#per-s").textContent()) > 0);
    assert.deepEqual(faults, []);
  });

  test("a completion arrives as it is typed, is taken by a key, and keys cancel those before", async () => {
    const code = page.getByLabel("Code to complete");
    await code.fill("const total = values.");
    await page.locator("#ghost ins").waitFor({state: "attached"});
    await page.locator("#fates .badge.done").first().waitFor();
    await code.press("Control+End");
    await code.press("ArrowRight");
    assert.match(await code.inputValue(), /^const total = values\.\w+/);
    await code.fill("");
    await code.pressSequentially("function multiply(a, b) {", {delay: 15});
    const stopped = page.locator("#fates li", {has: page.locator(".badge.stopped")});
    const notes = stopped.filter({hasText: /no model saw it|the model stopped [\d.]+ ms later/});
    await notes.first().waitFor();
    assert.deepEqual(faults, []);
  });

  test("says of each request which host was asked, and how; another model may be chosen", async () => {
    const fate = (text: RegExp) =>
      page.locator("#fates li").filter({hasText: text}).first().waitFor();
    await fate(/copilot-codex-\w+ asked by completions$/);
    await page.getByLabel("for", {exact: true}).selectOption("own-coder");
    await fate(/Qwen.* asked by completions with the signs of qwen$/);
    await page.getByLabel("for", {exact: true}).selectOption("retired-instruct");
    await fate(/retired-instruct-globalstandard asked by completions: 410/);
    await page.getByLabel("for", {exact: true}).selectOption("copilot-codex");
    assert.deepEqual(faults, []);
  });

  test("a model that refuses within its stream is left alone too, and requests spill", () =>
    andBack("westeurope", "Model refuses in its stream", () =>
      news(/westeurope requests spill to the next deployment \(429\)/)
        .first()
        .waitFor(),
    ));

  test("a retired model: its requests spill", () =>
    andBack("westeurope", "Retire a model", () =>
      news(/westeurope requests spill to the next deployment \(410\)/)
        .first()
        .waitFor(),
    ));

  test("a lost model: its deployments are ejected, its proxies vote themselves out, DNS follows", async () => {
    await andBack("westeurope", "Lose the model", async () => {
      await news(/westeurope .* of 2 proxies vote themselves out/)
        .first()
        .waitFor();
      await news(/westeurope DNS leaves the region out/)
        .first()
        .waitFor();
      await hasClass("westeurope", "out");
      await page.locator('#ground[src*="westeurope"]').waitFor();
    });
    await news(/westeurope DNS answers with the region again/)
      .first()
      .waitFor();
  });

  test("a slow model: first bytes are late, and the proxies vote themselves out", () =>
    andBack("eastus2", "Slow the model", () =>
      news(/eastus2 .* of 2 proxies vote themselves out/)
        .first()
        .waitFor(),
    ));

  test("a model that answers 429 is left alone for as long as it says, and requests spill", () =>
    andBack("westeurope", "Model answers 429", async () => {
      await news(/westeurope .* said 429; it is left alone for/)
        .first()
        .waitFor();
      await news(/westeurope requests spill to the next deployment \(429\)/)
        .first()
        .waitFor();
      await row("westeurope")
        .getByText(/429, \d+ s/)
        .first()
        .waitFor();
    }));

  test("a bad token is seen in what is typed, until a policy forbids it to proxies that run", async () => {
    const region = (await page.locator("#explanation b").textContent())!;
    const code = page.getByLabel("Code to complete");
    const bad = page.locator("#ghost ins", {hasText: "<|im_end|>"});
    const typeAnew = async () => {
      await code.fill("");
      await code.fill("const total = values.");
      await page.locator("#ghost ins").waitFor({state: "attached"});
    };
    await flip(region, "Model emits a bad token");
    await until(async () => typeAnew().then(() => bad.isVisible()));
    await flip(region, "Forbid the token by policy");
    await until(async () => typeAnew().then(async () => !(await bad.isVisible())));
    await flip(region, "Model emits a bad token");
    await flip(region, "Forbid the token by policy");
  });

  test("a killed proxy is started again", async () => {
    await flip("westeurope", "Kill a proxy");
    await news(/westeurope proxy-1 (serves again, as|was replaced by) process/)
      .first()
      .waitFor();
  });

  test("a deployment replaces one proxy after the other, and nobody fails", async () => {
    await flip("eastus2", "Deploy a new version");
    for (const pod of ["proxy-1", "proxy-2"])
      await news(new RegExp(`eastus2 ${pod} (serves again, as|was replaced by) process`))
        .first()
        .waitFor();
    await hasClass("eastus2", "in");
  });

  test("a storm of cancels saves tokens, and the region stays", async () => {
    const saved = async () =>
      Number((await page.locator("#saved").textContent())!.replaceAll(",", ""));
    const before = await saved();
    await flip("westeurope", "Storm of cancels");
    await until(
      async () => Number(await row("westeurope").locator("td.n").first().textContent()) > 20,
    );
    await until(async () => (await saved()) > before + 100);
    await hasClass("westeurope", "in");
  });

  test("a drained region takes no new users; its places turn to another, and back", async () => {
    await page.getByLabel("users in").selectOption("EU-DE");
    await page.locator("#explanation", {hasText: "DNS answers it now with westeurope."}).waitFor();
    await andBack("westeurope", "Drain the region", async () => {
      await hasClass("westeurope", "drained");
      await page.locator("#explanation", {hasText: "DNS answers it now with eastus2."}).waitFor();
      await news(/westeurope its endpoints are disabled/)
        .first()
        .waitFor();
    });
  });

  test("a lost region leaves DNS, and comes back", () =>
    andBack("westeurope", "Lose the region", async () => {
      await hasClass("westeurope", "out");
      await row("westeurope").locator(".badge.out", {hasText: /^out$/}).waitFor();
    }));

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
    for (const wanted of ["Lose the model", "Storm of cancels", "Code to complete", "Regions"])
      assert.ok(
        names.some((name) => name.startsWith(wanted)),
        `${wanted} in ${names.join(", ")}`,
      );
    assert.deepEqual(
      names.filter((name) => name === ""),
      [],
    );
  });

  for (const colorScheme of ["light", "dark"] as const)
    test(`a phone shows all of it without scrolling sideways, ${colorScheme}`, async () => {
      const phone = await browser.newPage({viewport: {width: 360, height: 740}, colorScheme});
      await phone.goto(served.url);
      await phone
        .getByRole("status")
        .filter({hasText: /regions/})
        .waitFor();
      await phone.locator("#regions tbody tr").first().waitFor({state: "attached"});
      assert.equal(await phone.evaluate("document.documentElement.scrollWidth"), 360);
      assert.ok(await phone.getByRole("button", {name: "Kill a proxy"}).isVisible());
      await phone.close();
    });

  test("a page of another origin flips no switch", async (t) => {
    const server = createServer((_, response) => void response.end("<!doctype html>"));
    t.after(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const other = await browser.newPage();
    await other.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const body = JSON.stringify({name: "lose-model", region: "eastus2"});
    const order = JSON.stringify({method: "POST", mode: "no-cors", body});
    await other.evaluate(`fetch("${served.url}/switch", ${order}).catch(() => {})`);
    await other.close();
    // What the console's own page flips after it arrives after it.
    await flip("eastus2", "Forbid the token by policy");
    await pressed("Forbid the token by policy").waitFor();
    assert.equal(await pressed("Lose the model").count(), 0);
  });
}

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

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; !(await condition()); ) {
    if (Date.now() > end) throw new Error(`waited in vain for ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
