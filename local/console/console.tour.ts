import assert from "node:assert/strict";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {after, before, describe, test} from "node:test";
import type {Page} from "playwright-core";
import {findChromium} from "./browser.rig.ts";
import {handsOn, type OpenConsole, openConsole, until} from "./console.rig.ts";

const chromium = findChromium();

if (!chromium)
  console.log("NOT RUN: the console in a browser, for there is none; apt-get install chromium");
else describe("the console in a browser", () => tour(chromium));

function tour(executablePath: string) {
  let open: OpenConsole;
  let page: Page;
  const {button, row, node, news, pressed, hasClass, flip, andBack} = handsOn(() => page);
  before(async () => {
    open = await openConsole({executablePath, block: 130, firstByteMs: 400});
    page = open.page;
  });
  after(() => open?.stop());

  test("shows every region with its votes, traffic and arcs", async () => {
    for (const name of open.regions) {
      await row(name).getByText("2 of 2 in").waitFor();
      assert.ok(await node(name).isVisible());
    }
    await page.locator("#arcs path").first().waitFor({state: "attached"});
    await until(
      "requests are counted",
      async () => Number(await page.locator("#per-s").textContent()) > 0,
    );
    assert.deepEqual(open.faults, []);
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
    assert.deepEqual(open.faults, []);
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
    assert.deepEqual(open.faults, []);
  });

  test("a model that refuses within its stream is left alone too, and requests spill", () =>
    andBack("westeurope", "Model refuses in its stream", () =>
      news(/westeurope requests spill to the next deployment \(429\)/).waitFor(),
    ));

  test("a retired model: its requests spill", () =>
    andBack("westeurope", "Retire a model", () =>
      news(/westeurope requests spill to the next deployment \(410\)/).waitFor(),
    ));

  test("a lost model: its deployments are ejected, its proxies vote themselves out, DNS follows", async () => {
    await andBack("westeurope", "Lose the model", async () => {
      await news(
        /westeurope \d of 2 proxies votes? (itself|themselves) out: copilot-codex \(.*\d+ of \d+ failed here.* in 60 s\)/,
      ).waitFor();
      await news(/westeurope DNS leaves the region out: eastus2 takes over/).waitFor();
      await hasClass("westeurope", "out");
      await row("westeurope")
        .getByText(/ ejected/)
        .first()
        .waitFor();
      await page.locator('#ground[src*="westeurope"]').waitFor();
    });
    await news(/westeurope DNS answers with the region again/).waitFor();
  });

  test("a slow model: first bytes are late, and the proxies vote themselves out", () =>
    andBack("eastus2", "Slow the model", () =>
      news(
        /eastus2 \d of 2 proxies votes? (itself|themselves) out: .*\d+ of \d+ later than 400 ms in 60 s\)/,
      ).waitFor(),
    ));

  test("a model that answers 429 is left alone for as long as it says, and requests spill", () =>
    andBack("westeurope", "Model answers 429", async () => {
      await news(/westeurope .* said 429; it is left alone for/).waitFor();
      await news(/westeurope requests spill to the next deployment \(429\)/).waitFor();
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
    await until("it shows", async () => typeAnew().then(() => bad.isVisible()));
    await flip(region, "Forbid the token by policy");
    await until("it is gone", async () => typeAnew().then(async () => !(await bad.isVisible())));
    await flip(region, "Model emits a bad token");
    await flip(region, "Forbid the token by policy");
  });

  test("a killed proxy is started again", async () => {
    await flip("westeurope", "Kill a proxy");
    await news(/westeurope proxy-1 (answers again, as|was replaced by) process/).waitFor();
  });

  test("a deployment replaces one proxy after the other, and nobody fails", async () => {
    await flip("eastus2", "Deploy a new version");
    for (const pod of ["proxy-1", "proxy-2"])
      await news(
        new RegExp(`eastus2 ${pod} (answers again, as|was replaced by) process`),
      ).waitFor();
    await hasClass("eastus2", "in");
  });

  test("a storm of cancels saves tokens, and the region stays", async () => {
    const saved = async () =>
      Number((await page.locator("#saved").textContent())!.replaceAll(",", ""));
    const before = await saved();
    await flip("westeurope", "Storm of cancels");
    await until(
      "the storm is on",
      async () => Number(await row("westeurope").locator("td.n").first().textContent()) > 20,
    );
    await until("tokens are saved", async () => (await saved()) > before + 100);
    await hasClass("westeurope", "in");
  });

  test("a drained region takes no new users; its places turn to another, and back", async () => {
    await page.getByLabel("users in").selectOption("EU-DE");
    await page.locator("#explanation", {hasText: "DNS answers it now with westeurope."}).waitFor();
    await andBack("westeurope", "Drain the region", async () => {
      await hasClass("westeurope", "drained");
      await page.locator("#explanation", {hasText: "DNS answers it now with eastus2."}).waitFor();
      await news(/westeurope its endpoints are disabled/).waitFor();
    });
  });

  test("people see a lost region fail, it leaves DNS, and comes back when everything is mended", async () => {
    await flip("westeurope", "Lose the region");
    await until(
      "people see it fail",
      async () => (await page.locator("#failed").textContent()) !== "0%",
    );
    await hasClass("westeurope", "out");
    await row("westeurope").locator(".badge.out", {hasText: /^out$/}).waitFor();
    await flip("eastus2", "Slow the model");
    await pressed("Slow the model").waitFor();
    await button("Mend everything").click();
    await button("Mend everything").and(page.locator(":disabled")).waitFor();
    assert.equal(await page.locator("[aria-pressed=true]").count(), 0);
    for (const region of open.regions) await hasClass(region, "in");
    await until("nobody fails", async () => (await page.locator("#failed").textContent()) === "0%");
  });

  test("a page of another origin flips no switch", async (t) => {
    const server = createServer((_, response) => void response.end("<!doctype html>"));
    t.after(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const other = await open.browser.newPage();
    await other.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const body = JSON.stringify({name: "lose-model", region: "eastus2"});
    const order = JSON.stringify({method: "POST", mode: "no-cors", body});
    await other.evaluate(`fetch("${open.served.url}/switch", ${order}).catch(() => {})`);
    await other.close();
    // What the console's own page flips after it arrives after it.
    await flip("eastus2", "Forbid the token by policy");
    await pressed("Forbid the token by policy").waitFor();
    assert.equal(await pressed("Lose the model").count(), 0);
  });
}
