// Opens a report made from hostile articles in Chromium, every view of it, and asserts that nothing
// of theirs ran, that the page asked for nothing, and that it shows what it should.
//
//     npm ci
//     node hostile.js > hostile.jsonl
//     newsfold run hostile.jsonl -o hostile
//     newsfold run ../../corpus/articles.jsonl --format jsonl -o example
//     newsfold report example --wire
//     PROGRAM=newsfold REPORT=hostile/report.html EXAMPLE=example/report.html npm test
//
// What is shown is held against the tables beside the second one.
// CHROMIUM names another browser than /usr/bin/chromium.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFile, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import axe from "axe-core";
import { chromium } from "playwright-core";

const report = pathToFileURL(resolve(process.env.REPORT ?? "hostile/report.html")).href;
const exampleFile = resolve(process.env.EXAMPLE ?? "example/report.html");
const example = pathToFileURL(exampleFile).href;
const wire = new URL("wire.html", example).href;
const views = ["", "#stories", "#articles", "#passages", "#families", "#outlets", "#outlet=North%20Gazette", "#outlet=nobody", "#passages&first=North%20Gazette&followed=South%20Gazette", "#about", "#nothing", "#constructor", "#story=%E0%A4%A",
  "#compare=copy,another%20copy", "#compare=long,%20first,long,%20second", "#compare=wide,long", "#compare=arabic,chinese", "#compare=copy", "#threshold", "#threshold&t=0.95", "#threshold&t=x", "#compare=copy,nobody"];

let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
});

after(() => browser?.close());

/** A page that notes whatever must not happen. */
const openPage = async (options) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
  const page = await context.newPage();
  const wrongs = [];
  page.on("console", (message) => wrongs.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrongs.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => wrongs.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    const url = request.url();
    if (![report, example, wire].some((own) => url.startsWith(own)) && url !== "data:,") wrongs.push(`request: ${url}`);
  });
  page.on("popup", () => wrongs.push("popup"));
  return { page, wrongs };
};

/** Goes to an address within the report and waits until it is shown. */
const go = async (page, hash, of = report) => {
  await page.goto(of + hash);
  await settled(page);
};

/** Waits until what the address names is shown. */
const settled = (page) => page.waitForFunction(() => document.getElementById("main")?.dataset.shown === location.hash);

/** Clicks the first such link within the report, and waits until what it leads to is shown. */
const follow = async (page, link) => {
  const first = page.locator(link).first();
  const hash = await first.evaluate((a) => a.hash);
  await first.click();
  await page.waitForFunction((hash) => document.getElementById("main").dataset.shown === hash, hash);
};

const assertHarmless = async (page, wrongs, where) => {
  assert.deepEqual(wrongs, [], where);
  assert.equal(await page.evaluate(() => globalThis.ran), undefined, `a script ran in ${where}`);
  const found = await page.evaluate(() => ({
    scripts: document.querySelectorAll("script").length,
    foreign: document.querySelectorAll("main :is(img, iframe, style, base, object, form[action])").length,
    links: [...document.querySelectorAll("a")]
      .map((a) => new URL(a.getAttribute("href"), location).protocol)
      .filter((protocol) => !["https:", "http:", "file:"].includes(protocol)),
    overflow: document.documentElement.scrollWidth - innerWidth,
  }));
  assert.ok(found.scripts <= 2, where);
  assert.equal(found.foreign, 0, where);
  assert.deepEqual(found.links, [], where);
  assert.ok(found.overflow <= 0, `${where} is ${found.overflow} pixels too wide`);
};

/** The addresses of single stories, articles, passages and families that the lists link to. */
const single = async (page, of) => {
  const found = new Set();
  for (const view of ["#stories&least=any", "#articles", "#passages", "#families"]) {
    await go(page, view, of);
    const links = await page.$$eval("tbody a[href^='#']", (all) => all.map((a) => a.getAttribute("href")));
    for (const link of links) found.add(link);
  }
  return [...found];
};

for (const [name, options] of Object.entries({
  "on a wide screen": {},
  "on a phone, in the dark": { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
})) {
  test(`every view is harmless and fits ${name}`, async () => {
    const { page, wrongs } = await openPage(options);
    for (const view of views) {
      await go(page, view);
      await assertHarmless(page, wrongs, view || "the first view");
    }
    const links = await single(page);
    for (const kind of ["#story=", "#article=", "#passage=", "#family="]) {
      assert.ok(links.some((link) => link.startsWith(kind)), `there is no ${kind}`);
    }
    for (const link of links) {
      await go(page, link);
      assert.notEqual(await page.textContent("main .above"), "Nothing here", link);
      await assertHarmless(page, wrongs, link);
    }
    await page.context().close();
  });
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds no serious fault in the ${colorScheme}`, async () => {
    const { page } = await openPage({ colorScheme });
    const links = await single(page);
    const one = ["#story=", "#article=", "#passage=", "#family="].map((kind) => links.find((link) => link.startsWith(kind)));
    for (const view of [...views, ...one]) {
      await go(page, view);
      // Shows the panel beside a text, where there is one.
      await page.evaluate(() => document.querySelector("button.label, summary")?.click());
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      const told = serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join("\n")}`);
      assert.deepEqual(told, [], view || "the first view");
    }
    await page.context().close();
  });
}

test("a passage leads to where else it stands, and Back leads back", async () => {
  const { page, wrongs } = await openPage();
  await go(page, "#articles&q=Ferry%20to%20stop");
  await follow(page, "tbody a:has-text('Ferry to stop')");
  assert.match(await page.textContent("main"), /Shares text with/);
  await page.click("mark.syndicated >> nth=-1");
  const panel = page.locator(".panel");
  assert.ok((await panel.locator("li a").count()) > 3);
  await follow(page, ".panel li a");
  assert.ok((await page.locator("mark.chosen").count()) > 0);
  await page.goBack();
  await page.waitForSelector("h1:has-text('Ferry to stop')");
  await page.goBack();
  await page.waitForSelector("h1:has-text('Articles')");
  assert.equal(await page.inputValue("input[type=search]"), "Ferry to stop");
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("marks stand on the characters that the offsets name", async () => {
  const { page } = await openPage();
  for (const id of ["chinese", "arabic", "copy"]) {
    await go(page, `#article=${id}`);
    const text = await page.$$eval(".text mark.syndicated", (marks) => marks.map((m) => m.textContent).join(""));
    // A character off, and a word would begin or end in the middle.
    assert.match(text.trim(), /^(The old ferry|Forty people).* (inspection|say)\.?$/s, id);
  }
  await page.context().close();
});

test("two articles are compared, by mouse, keys and address", async () => {
  const { page, wrongs } = await openPage();
  await go(page, "#articles&q=A%20long%20report");
  await follow(page, "tbody a");
  await follow(page, "a:has-text('Compare')");
  assert.match(await page.textContent("h1"), /side by side/);
  assert.match(page.url(), /#compare=long,%20(first,long,%20second|second,long,%20first)$/);
  await go(page, "#compare=long,%20first,long,%20second");
  const facts = await page.textContent("main .heads");
  // 29 of 30 paragraphs, less one word, and a paragraph of nine words more.
  assert.match(facts, /97% of A’s words stand in passages that B has too/);
  assert.match(facts, /(99|>99|100)% of B’s words stand in passages that A has too/);
  const texts = (side) => page.$$eval(`[aria-label='Text of ${side}']`, ([pane]) => {
    const found = {};
    for (const mark of pane.querySelectorAll("mark")) {
      if (!mark.querySelector("del, ins")) found[mark.dataset.passage] = `${found[mark.dataset.passage] ?? ""} ${mark.textContent}`;
    }
    return found;
  });
  const [a, b] = [await texts("A"), await texts("B")];
  assert.ok(Object.keys(a).length >= 3);
  assert.deepEqual(Object.keys(a), Object.keys(b));
  for (const number of Object.keys(a)) {
    // The same words, those aside that are marked as changed; a word in two passages is marked as of the shorter.
    const [one, other] = [a[number], b[number]].map((text) => text.trim().split(/[\s.]+/).join(" "));
    assert.ok(one.includes(other) || other.includes(one), `${one}\n${other}`);
  }
  assert.equal(await page.textContent("[aria-label='Text of B'] ins"), "changed");
  assert.equal(await page.locator("[aria-label='Text of A'] del").count(), 1);

  await page.keyboard.press("n");
  await page.keyboard.press("j");
  assert.match(await page.textContent("[role=status]"), /^Place 2 of/);
  assert.match(page.url(), /&n=2$/);
  const chosen = await page.$$eval(".ordinal.chosen", (all) => all.map(({ textContent }) => textContent));
  assert.deepEqual(chosen, ["2", "2"]);
  await page.reload();
  await settled(page);
  assert.match(await page.textContent("[role=status]"), /^Place 2 of/);
  await page.keyboard.press("p");
  assert.match(await page.textContent("[role=status]"), /^Place 1 of/);
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("texts side by side share what `newsfold compare` says", async () => {
  const { page } = await openPage();
  const passages = new Map();
  for (const { passage_id: passage, id } of await table("occurrences")) passages.set(passage, (passages.get(passage) ?? new Set()).add(id));
  const pairs = new Set([...passages.values()].filter((ids) => ids.size > 1).map((ids) => JSON.stringify([...ids].slice(0, 2))));
  assert.ok(pairs.size > 20, `${pairs.size} pairs`);
  const percent = (share) => (share < 1 && share >= 0.995 ? ">99%" : share > 0 && share < 0.005 ? "<1%" : `${Math.round(share * 100)}%`);
  const hostile = [["words, first", "words, second"], ["long, first", "long, second"]].map((pair) => [report, pair]);
  for (const [of, [a, b]] of [...hostile, ...[...pairs].slice(0, 40).map((pair) => [example, JSON.parse(pair)])]) {
    const told = execFileSync(process.env.PROGRAM, ["compare", dirname(fileURLToPath(of)), a, b, "--json"]);
    const expected = JSON.parse(told);
    await go(page, `#compare=${encodeURIComponent(a)},${encodeURIComponent(b)}`, of);
    const shares = await page.$$eval(".heads b", (all) => all.map(({ textContent }) => textContent));
    assert.deepEqual(shares, [percent(expected.a.shared), percent(expected.b.shared)], `${a} ${b}`);
    const kinds = new Set(expected.passages.map(({ passage_id: id }) => id)).size;
    assert.match(await page.textContent("main .facts"), new RegExp(`(^|\\D)${kinds} shared passage`), `${a} ${b}`);
  }
  await page.context().close();
});

test("the two texts scroll together, until told otherwise", async () => {
  const { page } = await openPage();
  await go(page, "#compare=long,%20first,long,%20second");
  const scrolled = (side, to) => page.evaluate(async ([side, to]) => {
    const panes = ["A", "B"].map((name) => document.querySelector(`[aria-label='Text of ${name}']`));
    panes["AB".indexOf(side)].scrollTop = to;
    // A frame tells of the scrolling, the next shows what follows from it.
    for (let frame = 0; frame < 3; frame++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return panes.map(({ scrollTop, scrollHeight, clientHeight }) => scrollTop / (scrollHeight - clientHeight));
  }, [side, to]);
  const [a, b] = await scrolled("A", 1e6);
  assert.ok(a > 0.99 && b > 0.99, `${a} ${b}`);
  const [up, still] = await scrolled("B", 200);
  assert.ok(up > 0 && up < 0.5 && still < 0.5, `${up} ${still}`);
  await page.uncheck("input[type=checkbox]");
  const [, stays] = await scrolled("A", 0);
  assert.equal(stays, still);
  await page.context().close();
});

test("another threshold takes families apart, and can be undone", async () => {
  const { page, wrongs } = await openPage();
  await go(page, "#families");
  await follow(page, "a:has-text('another threshold')");
  const said = () => page.textContent("#change");
  const counts = async () => (await said()).match(/\d+/g).map(Number);
  const before = await said();
  assert.match(before, /as at the threshold of this run/);
  await page.focus("input[type=range]");
  for (let press = 0; press < 5; press++) await page.keyboard.press("PageUp");
  assert.match(page.url(), /#threshold&t=0\.95$/);
  const [, , , copies] = await counts();
  assert.ok(copies > 0, await said());
  assert.match(await said(), /more articles? to keep/);
  assert.ok((await page.locator(".histogram .out").count()) > 0);
  assert.ok((await page.locator("tbody tr").count()) > 0);
  await page.keyboard.press("ArrowLeft");
  assert.match(page.url(), /t=0\.94$/);
  // Moved by mouse, to the far left: what the run did.
  const box = await page.locator("input[type=range]").boundingBox();
  await page.mouse.click(box.x + 2, box.y + box.height / 2);
  assert.equal(await said(), before);
  await page.click("button:has-text('Undo')");
  assert.match(page.url(), /t=0\.94$/);
  await page.click("button:has-text('Reset')");
  assert.equal(await said(), before);
  assert.match(page.url(), /#threshold$/);
  await go(page, "#threshold&t=1");
  assert.match(await said(), /At 1\.00/);
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

/** The rows of a table of the example's run. */
const table = async (name) =>
  (await readFile(join(dirname(exampleFile), `${name}.jsonl`), "utf8")).trim().split("\n").map((line) => JSON.parse(line));

test("the threshold view begins with the families and copies of the run", async () => {
  const { page } = await openPage();
  await go(page, "#threshold", example);
  const copies = (await table("articles")).filter(({ kept_id: kept }) => kept !== null).length;
  const families = (await table("families")).length;
  assert.ok(copies > families && families > 3);
  assert.equal(await page.textContent("#change"), `At 0.70 there are ${families} families and ${copies} copies to remove, as at the threshold of this run.`);
  await go(page, "", example);
  assert.match(await page.textContent(".cards"), new RegExp(`${copies} Copies in ${families} families`));
  await page.context().close();
});

test("stories are filtered by outlet, by day and by size", async () => {
  const { page, wrongs } = await openPage();
  const articles = await table("articles");
  const stories = (await table("stories")).map((story) => ({ ...story, members: articles.filter(({ story_id: id }) => id === story.story_id) }))
    .filter(({ articles, storyline_id: line }) => articles > 1 || line !== null);
  const shown = () => page.$$eval(".list tbody th > a", (links) => links.map(({ hash }) => hash.replace("#story=", "")).sort());
  const expected = (test) => stories.filter(test).map(({ story_id: id }) => id).sort();
  const check = async (test, what) => {
    const wanted = expected(test);
    assert.ok(wanted.length > 0 && wanted.length < stories.length, `${what} says nothing of ${wanted.length} of ${stories.length}`);
    assert.deepEqual(await shown(), wanted, what);
  };
  const many = ({ articles: count }) => count >= 2;
  await go(page, "#stories&least=any", example);
  assert.deepEqual(await shown(), expected(() => true), "any size");
  await page.selectOption("label:has-text('Articles') select", "5");
  await check(({ articles: count }) => count >= 5, "five articles or more");
  const { outlet } = articles.find(({ story_id: id }) => stories.find((story) => story.story_id === id)?.articles > 2);
  await page.selectOption("label:has-text('Articles') select", "2");
  await page.selectOption("label:has-text('Outlet') select", { label: outlet });
  const ofOutlet = ({ members }) => members.some((article) => article.outlet === outlet);
  await check((story) => many(story) && ofOutlet(story), outlet);
  await page.selectOption("label:has-text('Outlet') select", "");
  const days = stories.filter(many).map(({ first_published: first }) => first?.slice(0, 10)).filter(Boolean).sort();
  const day = days[Math.floor(days.length / 2)];
  const from = ({ last_published: last }) => last?.slice(0, 10) >= day;
  const until = ({ first_published: first }) => first?.slice(0, 10) <= day;
  await page.fill("label:has-text('From') input", day);
  await check((story) => many(story) && from(story), `from ${day}`);
  await page.fill("label:has-text('Until') input", day);
  await check((story) => many(story) && from(story) && until(story), `on ${day}`);
  assert.match(page.url(), new RegExp(`#stories&from=${day}&until=${day}$`));
  await page.reload();
  await settled(page);
  await check((story) => many(story) && from(story) && until(story), `on ${day}, after loading again`);
  await page.fill("label:has-text('From') input", "");
  await check((story) => many(story) && until(story), `until ${day}`);
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("the weakest member of a story is marked, and each says how alike it is", async () => {
  const { page } = await openPage();
  const [story] = (await table("stories")).filter(({ texts }) => texts > 2);
  const members = (await table("articles")).filter(({ story_id: id }) => id === story.story_id);
  await go(page, `#story=${story.story_id}`, example);
  assert.equal(await page.locator(".tag:has-text('weakest')").count(), 1);
  const row = page.locator("tbody tr", { has: page.locator(".tag") });
  const { title } = members.find(({ id }) => id === story.weakest_id);
  assert.equal(await row.locator("th > a").textContent(), title);
  const said = await page.$$eval("tbody td:last-of-type, tbody td.number", (cells) => cells.map(({ textContent }) => textContent));
  for (const { story_similarity: alike } of members) {
    assert.ok(said.some((text) => text.includes(`${Math.round(alike * 100)}%`)), `${alike}`);
  }
  await page.context().close();
});

test("the axis of a story is labelled at both ends, within the drawing and apart", async () => {
  const members = await table("articles");
  const stories = (await table("stories")).filter(({ outlets }) => outlets > 2).slice(0, 8);
  for (const viewport of [{ width: 390, height: 844 }, { width: 1440, height: 1000 }]) {
    const { page } = await openPage({ viewport });
    for (const { story_id: story } of stories) {
      await go(page, `#story=${story}`, example);
      const drawing = page.locator(".timeline svg");
      const box = await drawing.boundingBox();
      const ticks = await drawing.locator(".tick").evaluateAll((all) => all.map((tick) => {
        const { left, right } = tick.getBoundingClientRect();
        return { left, right, told: tick.textContent };
      }));
      const days = members.filter(({ story_id: id, published }) => id === story && published).map(({ published }) => published).sort();
      for (const [tick, day] of [[ticks[0], days[0]], [ticks.at(-1), days.at(-1)]]) {
        assert.ok(tick.told.startsWith(`${Number(day.slice(8, 10))} `), `${tick.told} for ${day}`);
      }
      ticks.forEach(({ left, right, told }, place) => {
        assert.ok(left >= box.x && right <= box.x + box.width, `${told} is cut at ${viewport.width} pixels`);
        assert.ok(place === 0 || left > ticks[place - 1].right, `${told} lies over ${ticks[place - 1]?.told}`);
      });
    }
    await page.context().close();
  }
});

test("who copied an article is seen within three clicks", async () => {
  const { page } = await openPage();
  await go(page, "", example);
  const original = (await table("families"))[0].kept_id;
  const article = (await table("articles")).find(({ id }) => id === original);
  await follow(page, "nav a:has-text('Copies')");
  await follow(page, `tbody th a:has-text(${JSON.stringify(article.title)})`);
  await follow(page, `tbody a[href^='#article=']:has-text(${JSON.stringify(article.title)})`);
  const copies = (await table("articles")).filter(({ kept_id: kept }) => kept === original);
  const told = await page.textContent("main");
  assert.match(told, /Shares text with/);
  for (const { outlet } of copies) assert.ok(told.includes(outlet), outlet);
  await page.context().close();
});

test("a story says who was first and how sure that is", async () => {
  const { page } = await openPage();
  await go(page, "#stories&q=A%20long%20report");
  await follow(page, "tbody a");
  // One text in two outlets: none of the two is the weakest.
  assert.equal(await page.textContent(".findings"), "North Gazette was first, 1 h ahead of the next outlet – certain: every other outlet has a later time.");
  await page.context().close();
});

test("the network is drawn, and saved as CSV", async () => {
  const { page } = await openPage();
  await go(page, "#outlets");
  const edges = await page.locator(".network .edge").count();
  assert.ok(edges > 5);
  await page.hover(".network a:has(circle) >> nth=0");
  const near = await page.locator(".network .edge.near").count();
  assert.ok(near > 0 && near < edges, `${near} of ${edges}`);
  const numbers = await page.$$eval(".matrix tbody td:not(.self)", (cells) => cells.filter(({ textContent }) => /\d/.test(textContent)).length);
  assert.equal(numbers, edges);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("button:has-text('CSV')")]);
  assert.equal(download.suggestedFilename(), "network.csv");
  const csv = await readFile(await download.path(), "utf8");
  assert.match(csv, /^from,to,passages,articles,median_lag_hours\r\n/);
  assert.match(csv, /\r\nNorth Gazette,South Gazette,\d+,2,1\r\n/);
  await page.context().close();
});

test("twenty numbers of the page are those of the tables", async () => {
  const { page, wrongs } = await openPage();
  const [articles, stories, storylines, families, passages, network, outlets, agencies] = await Promise.all(
    ["articles", "stories", "storylines", "families", "passages", "network", "outlets", "agencies"].map(table));
  const digits = (text) => Number(text.replaceAll(",", ""));
  const shown = [];
  const same = (what, told, expected) => {
    assert.equal(told, expected, what);
    shown.push(what);
  };
  await go(page, "", example);
  const cards = await page.$$eval(".cards li", (all) => all.map((card) => card.textContent.match(/[\d,]+/g)));
  const several = stories.filter(({ articles: count }) => count > 1);
  const ofKind = (kind) => passages.filter((passage) => passage.kind === kind).length;
  same("articles", digits(cards[0][0]), articles.length);
  same("outlets", digits(cards[0][1]), new Set(articles.map(({ outlet }) => outlet).filter(Boolean)).size);
  same("stories", digits(cards[1][0]), several.length);
  same("storylines", digits(cards[1][1]), storylines.length);
  same("copies", digits(cards[2][0]), articles.filter(({ kept_id: kept }) => kept !== null).length);
  same("families", digits(cards[2][1]), families.length);
  same("syndicated passages", digits(cards[3][0]), ofKind("syndicated"));
  same("passages", digits(cards[3][1]), passages.length);
  const alone = await page.textContent("a[href='#articles&story=alone']");
  same("articles alone in their story", digits(alone.match(/[\d,]+/)[0]), stories.length - several.length);
  const total = async () => digits((await page.textContent(".count")).match(/of ([\d,]+)/)[1]);
  same("stories listed", await total(), several.length);
  assert.doesNotMatch(await page.textContent(".count"), /out of/, "nobody has chosen yet");
  await go(page, "#articles&story=alone", example);
  same("articles listed as alone", await total(), stories.length - several.length);
  const [{ agency }] = agencies;
  await go(page, `#articles&agency=${encodeURIComponent(agency)}`, example);
  same("articles of an agency", await total(), agencies.filter((row) => row.agency === agency).reduce((sum, row) => sum + row.articles, 0));
  await go(page, "#passages", example);
  same("passages listed", await total(), passages.length);
  for (const kind of ["syndicated", "boilerplate", "quotation", "credit"]) {
    const option = await page.textContent(`option[value=${kind}]`);
    same(`passages of the kind ${kind}`, digits(option.match(/\(([\d,]+)\)/)[1]), ofKind(kind));
  }
  const first = await page.textContent("tbody tr mark");
  assert.equal(first, "Syndicated", "syndicated passages come first");
  await go(page, "#families", example);
  same("families listed", await total(), families.length);
  const [outlet] = [...outlets].sort((a, b) => b.articles - a.articles);
  await go(page, `#outlet=${encodeURIComponent(outlet.outlet)}`, example);
  const facts = (await page.textContent(".facts")).match(/[\d,]+/g).map(digits);
  same("articles of an outlet", facts[0], outlet.articles);
  same("its own", facts[1], outlet.original_articles);
  same("copied", facts[2], outlet.copied_articles);
  const [edge] = [...network].sort((a, b) => b.passages - a.passages);
  await go(page, "#outlets", example);
  await follow(page, `.matrix a[aria-label=${JSON.stringify(`${edge.passages} passage${edge.passages === 1 ? "" : "s"} from ${edge.from_outlet} to ${edge.to_outlet}`)}]`);
  same("passages from one outlet to another", await page.locator(".list tbody tr").count(), edge.passages);
  assert.ok(shown.length >= 20, `${shown.length} numbers`);
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("an outlet's page says who took from it and what it took", async () => {
  const { page, wrongs } = await openPage();
  const network = await table("network");
  const name = network[0].from_outlet;
  await go(page, "#outlets", example);
  await follow(page, `tbody a:has-text(${JSON.stringify(name)})`);
  const headings = await page.$$eval("h2", (all) => all.map(({ textContent }) => textContent));
  assert.deepEqual(headings, ["Taken from it", "Taken by it", "First to report"]);
  const rows = await page.locator("caption:has-text('Taken from it') ~ tbody tr").count();
  assert.equal(rows, network.filter(({ from_outlet: from }) => from === name).length);
  const stories = (await table("stories")).filter((story) => story.first_outlet === name && story.first_certainty === "certain" && story.outlets > 1);
  assert.match(await page.textContent("main"), new RegExp(`certainly the first in ${stories.length}\\.`));
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("on a phone every column of a list is there, with its name", async () => {
  const { page } = await openPage({ viewport: { width: 390, height: 844 } });
  await go(page, "#stories", example);
  const row = page.locator(".list tbody tr").first();
  for (const label of ["Articles", "Outlets", "Copies", "First seen", "Over"]) {
    assert.ok(await row.locator(`td[data-label="${label}"]`).isVisible(), label);
  }
  const [one, two] = [await row.locator("td").nth(0).boundingBox(), await row.locator("td").nth(1).boundingBox()];
  assert.ok(two.y > one.y, "one below the other");
  await page.selectOption(".sorts select", "first");
  assert.match(page.url(), /sort=first/);
  // All views are named in the bar, none of them cut off.
  const [wide, seen] = await page.$eval("#nav", (nav) => [nav.scrollWidth, nav.clientWidth]);
  assert.ok(wide <= seen, `${wide} in ${seen}`);
  // The matrix has as many outlets as there is room for.
  await go(page, "#outlets", example);
  await page.waitForSelector(".matrix");
  const [matrix, room] = await page.$eval(".wide:has(.matrix)", (frame) => [frame.scrollWidth, frame.clientWidth]);
  assert.ok(matrix <= room, `${matrix} in ${room}`);
  assert.ok(await page.locator(".matrix tbody tr").count() >= 3);
  const copy = (await table("articles")).find(({ kept_id: kept }) => kept !== null);
  await go(page, `#article=${copy.id}`, example);
  const relation = page.locator("td[data-label=Relation]:has-text('the one that is kept')");
  assert.ok(await relation.isVisible());
  await page.context().close();
});

test("an article says who wrote it", async () => {
  const { page, wrongs } = await openPage();
  await go(page, `#article=${encodeURIComponent("long, second")}`);
  assert.match(await page.textContent(".facts"), /by A long report, again/);
  await go(page, "#article=long");
  assert.ok((await page.textContent(".facts")).length < 500);
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("an article that is mostly shared is not called its own text, and is compared with the closest", async () => {
  const { page } = await openPage();
  const articles = await table("articles");
  const shared = articles.filter(({ copied, kept_id: kept, family_id: family }) => copied >= 0.5 && kept === null && family === null);
  for (const { id, story_id: story } of shared.slice(0, 5)) {
    await go(page, `#story=${story}`, example);
    const row = page.locator("tbody tr", { has: page.locator(`a[href="#article=${encodeURIComponent(id)}"]`) });
    assert.equal(await row.locator("td[data-label=Role]").textContent(), "Mostly shared text");
  }
  const copy = articles.find(({ kept_id: kept }) => kept !== null);
  await go(page, `#story=${copy.story_id}`, example);
  const row = page.locator("tbody tr", { has: page.locator(`a[href="#article=${encodeURIComponent(copy.id)}"]`) });
  const compared = await row.locator("a:has-text('Compare')").getAttribute("href");
  assert.match(compared, /^#compare=/);
  await page.context().close();
});

test("articles over time unfold on the first view", async () => {
  const { page, wrongs } = await openPage();
  await go(page, "");
  await page.click("summary");
  await page.waitForSelector(".overtime figcaption");
  const told = await page.$$eval(".overtime title", (all) => all.map(({ textContent }) => textContent));
  assert.ok(told.includes("North Gazette, from 11 May 2024: 1 article"), told.join("\n"));
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("outlets have a map of when they published, whose shades are told", async () => {
  const { page, wrongs } = await openPage();
  await go(page, "#outlets", example);
  await page.waitForSelector(".overtime figcaption");
  const counts = await page.$$eval(".overtime svg title", (all) => all.map(({ textContent }) => Number(textContent.match(/([\d,]+) articles?$/)[1].replaceAll(",", ""))));
  const articles = await table("articles");
  assert.equal(counts.reduce((sum, count) => sum + count, 0), articles.filter(({ published }) => published !== null).length);
  const shades = await page.$$eval(".overtime > svg rect", (all) => new Set(all.map((cell) => cell.getAttribute("class"))).size);
  const told = await page.$$eval(".overtime .legend svg", (all) => all.length);
  assert.ok(told >= shades && shades > 0, `${shades} shades, ${told} told`);
  assert.ok(await page.locator("h3:has-text('Matrix') ~ div .legend li").count() > 1, "the matrix tells its shades");
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("every number of a list says what it counts", async () => {
  const { page } = await openPage();
  for (const view of ["stories", "articles", "passages", "families", "outlets"]) {
    await go(page, `#${view}`, example);
    const silent = await page.$$eval(".list .number", (all) => all.filter(({ title }) => !title).map((cell) => cell.dataset.label ?? cell.textContent));
    assert.deepEqual(silent, [], view);
  }
  await page.context().close();
});

test("every count in a heading says what it counts", async () => {
  const { page } = await openPage();
  const links = await single(page, example);
  const kinds = ["#story=", "#article=", "#passage=", "#family=", "#outlet=", "#storyline="];
  const one = kinds.map((kind) => links.find((link) => link.startsWith(kind))).filter(Boolean);
  assert.ok(one.length >= 4, String(one));
  for (const view of [...one, "#about", "#compare=tna-09,post-04"]) {
    await go(page, view, example);
    const [counts, silent] = await page.$$eval("main h1 ~ .facts, main .heads .facts", (all) => {
      const found = [[], []];
      for (const facts of all) {
        const walker = document.createTreeWalker(facts, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const { textContent, parentElement } = walker.currentNode;
          if (!/^[\d,]+ \p{L}+( |$)/u.test(textContent) || /^\d+ [A-Z]/.test(textContent)) continue;
          found[0].push(textContent);
          if (!parentElement.closest("[title]")) found[1].push(textContent);
        }
      }
      return found;
    });
    assert.ok(counts.length > 0, view);
    assert.deepEqual(silent, [], view);
  }
  await page.context().close();
});

test("what is shown is saved as a file of its own", async () => {
  const { page, wrongs } = await openPage();
  for (const view of ["#stories", "#outlets"]) {
    await go(page, view, example);
    if (view === "#outlets") await page.waitForSelector(".overtime figcaption");
    const rows = await page.locator("main tbody tr").count();
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("button:has-text('Share this view')")]);
    assert.equal(download.suggestedFilename(), `newsfold-${view.slice(1)}.html`);
    const file = await download.path();
    const saved = await page.context().newPage();
    const faults = [];
    saved.on("console", (message) => faults.push(message.text()));
    saved.on("request", (request) => request.url().startsWith("file:") || request.url().startsWith("data:") || faults.push(request.url()));
    await copyFile(file, `${file}.html`);
    await saved.goto(pathToFileURL(`${file}.html`).href);
    assert.equal(await saved.locator("main tbody tr").count(), rows);
    assert.equal(await saved.locator("script, button:not(.label), a[href^='#'], input:enabled").count(), 0);
    assert.match(await saved.textContent("footer"), new RegExp(`saved on .*: ${view}`));
    assert.deepEqual(faults, []);
    await saved.close();
  }
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("rows are walked with j and k", async () => {
  const { page } = await openPage();
  await go(page, "#articles");
  for (const key of ["j", "j", "k", "j"]) await page.keyboard.press(key);
  const at = await page.evaluate(() => [...document.querySelectorAll("tbody th a")].indexOf(document.activeElement));
  assert.equal(at, 1);
  await page.keyboard.press("Enter");
  await page.waitForSelector("h2:has-text('Text')");
  await page.context().close();
});

test("a list is searched, sorted and kept in the address", async () => {
  const { page } = await openPage();
  await go(page, "#articles");
  const all = await page.locator("tbody tr").count();
  await page.fill("input[type=search]", "FERRY stop");
  assert.ok((await page.locator("tbody tr").count()) < all);
  await page.click("thead button:has-text('Words')");
  assert.match(page.url(), /q=FERRY%20stop&sort=-words/);
  await page.reload();
  await settled(page);
  assert.equal(await page.inputValue("input[type=search]"), "FERRY stop");
  assert.equal(await page.getAttribute("th[aria-sort]", "aria-sort"), "descending");
  await page.context().close();
});

test("the tables of an answer are sorted by their headings", async () => {
  const { page, wrongs } = await openPage();
  await page.goto(wire);
  const table = page.locator("section", { hasText: "Agency by outlet" }).locator("table");
  const column = (place) => table.evaluate((table, place) =>
    [...table.tBodies[0].rows].map(({ cells }) => [cells[place].textContent, Number(cells[place].dataset.value)]), place);
  const sorted = (values, order) => assert.deepEqual(values, [...values].sort(order));
  const head = (name) => table.locator("thead th", { has: page.locator(`button:text-is("${name}")`) });
  const words = (order) => async () => sorted((await column(1)).map(([outlet]) => outlet), order);
  const shares = (order) => async () => sorted((await column(5)).map(([, share]) => share), order);
  const { compare } = new Intl.Collator();
  assert.ok((await column(0)).length > 3);
  for (const [name, direction, holds] of [
    ["outlet", "ascending", words(compare)],
    ["outlet", "descending", words((a, b) => compare(b, a))],
    ["share", "descending", shares((a, b) => b - a)],
    ["share", "ascending", shares((a, b) => a - b)],
  ]) {
    await head(name).locator("button").click();
    assert.equal(await head(name).getAttribute("aria-sort"), direction);
    assert.equal(await table.locator("th[aria-sort]").count(), 1);
    await holds();
  }
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id), []);
  assert.deepEqual(wrongs, []);
  await page.context().close();
});

test("without script there are counts and stories", async () => {
  const { page } = await openPage({ javaScriptEnabled: false });
  await page.goto(report);
  assert.match(await page.textContent(".cards"), /Articles/);
  assert.ok((await page.locator("main table tbody tr").count()) > 0);
  assert.match(await page.textContent("noscript"), /Without script/);
  await page.context().close();
});
