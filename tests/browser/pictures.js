// Makes the pictures in the README, from the report of the example corpus.
//
//     newsfold run ../../corpus/articles.jsonl -o example
//     EXAMPLE=example/report.html node pictures.js
//
// The pictures are made smaller with pngquant where it is there.

import { spawnSync } from "node:child_process";
import { mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const MOST_BYTES = 200_000;
const report = pathToFileURL(resolve(process.env.EXAMPLE ?? "example/report.html")).href;
const folder = join(dirname(fileURLToPath(import.meta.url)), "../../docs/pictures");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 860 } });
await mkdir(folder, { recursive: true });

const open = async (hash) => {
  await page.goto("about:blank");
  await page.goto(report + hash);
  await page.waitForSelector("#main[data-shown]");
};
const take = async (name) => {
  const path = join(folder, `${name}.png`);
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path, animations: "disabled" });
  spawnSync("pngquant", ["--force", "--strip", "--ext", ".png", "128", path]);
  const { size } = await stat(path);
  console.log(`${name}.png  ${size} bytes`);
  if (size > MOST_BYTES) throw new Error(`${name}.png is larger than ${MOST_BYTES} bytes`);
};

await open("");
await take("summary");

// The largest story of which some members are copies.
await open("#stories&sort=-copies");
await page.click("tbody th a");
await page.waitForSelector(".timeline svg");
await take("story");

// Of the articles with a link to compare them with another, the two with the most to show: passages apart
// from one another, and words that differ in them.
const pairs = new Set();
await open("#stories");
for (const story of await page.$$eval("tbody th > a", (links) => links.map(({ hash }) => hash))) {
  await open(story);
  for (const pair of await page.$$eval("a[href^='#compare']", (links) => links.map(({ hash }) => hash))) pairs.add(pair);
}
let best = { shows: -1 };
for (const pair of pairs) {
  await open(pair);
  const shows = await page.evaluate(() => {
    const count = (selector) => document.querySelectorAll(`.pane ${selector}`).length;
    return Math.min(count(".ordinal"), 8) + Math.min(count(":is(ins, del)"), 8);
  });
  if (shows > best.shows) best = { pair, shows };
}
await open(best.pair);
await page.keyboard.press("n");
await take("compare");

await browser.close();
