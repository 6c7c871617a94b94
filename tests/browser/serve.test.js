// Opens the pages of a served archive in Chromium, and asserts that they ask nobody else, fit, and show what the
// archive has.
//
//     newsfold index init archive && newsfold index add archive ../../corpus/articles.jsonl
//     newsfold index export archive -o out
//     newsfold serve archive --report out --port 8337
//     SERVED=http://127.0.0.1:8337 node --test serve.test.js

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import axe from "axe-core";
import { chromium } from "playwright-core";

const served = process.env.SERVED ?? "http://127.0.0.1:8337";

let browser;
let stories;
let outlet;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  const told = async (path) => (await fetch(served + path)).json();
  stories = (await told("/api/stories")).stories;
  outlet = (await told(`/api/stories/${stories[0].id}`)).members[0].outlet;
});

after(() => browser?.close());

/** A page that notes what must not happen. */
const openPage = async (options) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
  const page = await context.newPage();
  const wrongs = [];
  page.on("console", (message) => wrongs.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrongs.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(served) && request.url() !== "data:,") wrongs.push(`request: ${request.url()}`);
  });
  return { page, wrongs };
};

const go = async (page, path) => {
  // The same page with another address after its # is not loaded anew.
  await page.goto("about:blank");
  await page.goto(served + path, { waitUntil: "networkidle" });
};

const views = () => {
  const [{ id, last }] = stories;
  return ["/", "/#article=tna-01", "/stories", `/stories#story=${id}`, `/stories#day=${last.slice(0, 10)}`, "/stories#least=1&skip=50", `/stories#outlet=${encodeURIComponent(outlet)}`, "/stories#of=nobody"];
};

for (const [name, options] of Object.entries({
  "on a wide screen, in the light": {},
  "on a wide screen, in the dark": { colorScheme: "dark" },
  "on a phone, in the light": { viewport: { width: 390, height: 844 } },
  "on a phone, in the dark": { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
})) {
  test(`every view asks nobody else, fits and has no serious fault ${name}`, async () => {
    const { page, wrongs } = await openPage(options);
    for (const view of views()) {
      await go(page, view);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${view} is ${overflow} pixels too wide`);
      // The policy of the pages lets no script in but theirs; this one is put there by the browser's own door.
      const session = await page.context().newCDPSession(page);
      await session.send("Page.setBypassCSP", { enabled: true });
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], view);
    }
    assert.deepEqual(wrongs, []);
    await page.context().close();
  });
}

test("a story leads to its articles, their outlets, and where each stood before", async () => {
  const { page, wrongs } = await openPage();
  await go(page, "/stories");
  assert.equal(await page.locator("tbody tr").count(), Math.min(stories.length, 50));
  await page.locator("tbody a").first().click();
  await page.waitForFunction((headline) => document.title === headline, stories[0].headline);
  assert.equal(await page.locator("tbody tr").count(), stories[0].articles);
  const itsOutlet = page.locator("tbody a[href^='#outlet=']").first();
  const name = await itsOutlet.textContent();
  await page.locator("tbody a[href^='/#article=']").first().click();
  await page.waitForSelector("#answer .beside");
  // The article is in the archive itself, which is no news.
  const asked = new URLSearchParams(new URL(page.url()).hash.slice(1)).get("article");
  const ids = await page.$$eval("#answer tbody th", (all) => all.map((cell) => cell.textContent));
  assert.ok(ids.length > 0 && !ids.includes(asked), `${ids}`);
  assert.equal(await page.inputValue("#outlet"), name);
  await page.goBack();
  await itsOutlet.click();
  await page.waitForFunction((name) => document.title === name, name);
  const { articles } = await (await fetch(`${served}/api/outlets/${encodeURIComponent(name)}`)).json();
  assert.match(await page.textContent("#answer p"), new RegExp(`^${articles} article`));
  await page.click("text=Its stories");
  await page.waitForFunction((name) => document.title === `Stories of ${name}`, name);
  assert.equal(await page.inputValue("#outlet"), name);
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("the skip link leaves the address and the view alone", async () => {
  const { page } = await openPage();
  await go(page, `/stories#story=${stories[0].id}`);
  await page.waitForFunction((headline) => document.title === headline, stories[0].headline);
  await page.focus(".skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  assert.equal(new URL(page.url()).hash, `#story=${stories[0].id}`);
  assert.equal(await page.title(), stories[0].headline);
  await page.context().close();
});

test("the form keeps what it asks for in the address, and what is not there is told", async () => {
  const { page, wrongs } = await openPage();
  await go(page, "/stories");
  await page.fill("#day", stories[0].last.slice(0, 10));
  await page.fill("#least", "3");
  await page.click("text=Show");
  await page.waitForFunction(() => location.hash.includes("least=3"));
  await page.waitForFunction(() => document.title.startsWith("Stories 2"));
  const counts = await page.$$eval("tbody td[data-label=Articles]", (all) => all.map((cell) => Number(cell.textContent)));
  assert.ok(counts.length > 0 && counts.every((count) => count >= 3), `${counts}`);
  assert.deepEqual(wrongs, []);
  await go(page, "/stories#story=nobody");
  assert.equal(await page.textContent("#trouble"), "no story has this id");
  await page.context().close();
});

test("the report of the archive is one link away", async () => {
  const { page, wrongs } = await openPage();
  await go(page, "/");
  await page.click("#report");
  await page.waitForFunction(() => document.getElementById("main")?.dataset.shown === "");
  assert.equal(new URL(page.url()).pathname, "/report");
  assert.deepEqual(wrongs, []);
  await page.context().close();
});
