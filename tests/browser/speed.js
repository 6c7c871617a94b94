// How long the views of a report take to change, in milliseconds until the next frame is painted: the
// median of seven visits each, and how long the first view takes to open.
//
//     REPORT=out/report.html node speed.js

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const VISITS = 7;
const report = pathToFileURL(resolve(process.env.REPORT ?? "newsfold-out/report.html")).href;
const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });

const opened = [];
for (let visit = 0; visit < 3; visit++) {
  const begun = performance.now();
  await page.goto(report);
  await page.waitForSelector("#main[data-shown]");
  opened.push(performance.now() - begun);
  await page.goto("about:blank");
}
console.log(`first view  ${Math.round(median(opened))} ms`);

await page.goto(report);
await page.waitForSelector("#main[data-shown]");
await page.waitForTimeout(1500);

/** Goes to an address; how long until it is shown and painted. */
const change = (hash) =>
  page.evaluate((hash) => new Promise((done) => {
    const begun = performance.now();
    document.getElementById("main").addEventListener("shown", () => {
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
    }, { once: true });
    location.hash = hash;
  }), hash);

const linked = async (view, selector = "tbody th a[href^='#']") => {
  await change("#nothing");
  await change(view);
  return page.getAttribute(selector, "href");
};
const story = await linked("#stories");
const compare = await linked(story, "a[href^='#compare']");
const views = {
  stories: "#stories", articles: "#articles", passages: "#passages", families: "#families", outlets: "#outlets",
  threshold: "#threshold", about: "#about", story, article: await linked(story, "tbody th a[href^='#article']"),
  passage: await linked("#passages"), family: await linked("#families"), compare,
};
for (const [name, hash] of Object.entries(views)) {
  const first = [];
  const times = [];
  for (let visit = 0; visit < VISITS; visit++) {
    await change("#nothing");
    (visit ? times : first).push(await change(hash));
  }
  console.log(`${name.padEnd(10)}  ${Math.round(median(times))} ms, the first time ${Math.round(first[0])}`);
}
await browser.close();
