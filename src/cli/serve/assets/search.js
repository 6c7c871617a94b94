"use strict";

/** At most so many passages are shown; the count tells of the others. */
const MOST_PASSAGES = 60;
/** Articles that were fetched to show stretches of them, by id. */
const fetched = new Map();

const byId = (id) => document.getElementById(id);

/** An element with a text or children; nothing that comes from the archive is ever markup. */
function element(name, content, attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const part of [content].flat()) made.append(part);
  return made;
}

async function asked(path, question) {
  const options = question && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
  };
  const response = await fetch(path, options || {});
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || response.statusText);
  return answer;
}

function article(id) {
  if (!fetched.has(id)) fetched.set(id, asked("/api/articles/" + encodeURIComponent(id)));
  return fetched.get(id);
}

const percent = (share) => Math.floor(share * 100) + " %";
const day = (published) => (published || "undated").slice(0, 10);
/** Places count characters, not the units of a string. */
const stretch = (text, start, end) => Array.from(text).slice(start, end).join("");

function copiesTable(copies) {
  const head = ["Article", "Outlet", "Published", "Alike", "Of yours in it", "Of it in yours", "Likeness"];
  const row = (copy) => {
    const cells = [copy.outlet, day(copy.published), percent(copy.jaccard), percent(copy.containment), percent(copy.contained), copy.evidence];
    return element("tr", [element("th", copy.id, { scope: "row" }), ...cells.map((cell, place) => element("td", cell, { "data-label": head[place + 1] }))]);
  };
  const table = element("table", [
    element("thead", element("tr", head.map((name) => element("th", name, { scope: "col" })))),
    element("tbody", copies.map(row)),
  ]);
  return element("div", table, { class: "list" });
}

async function beside(passage, text) {
  const other = await article(passage.article);
  const side = (words, quoted) => element("div", [element("p", words), element("blockquote", quoted)]);
  const whose = [other.outlet, day(other.published), other.title || passage.article].filter(Boolean).join(" · ");
  return element("article", [
    element("h3", element("mark", `${passage.kind}, ${passage.words} words`, { class: passage.kind })),
    side("Yours", stretch(text, passage.start, passage.end)),
    side(whose, stretch(other.text, passage.article_start, passage.article_end)),
  ], { class: "beside" });
}

async function show(answer, text) {
  const parts = [element("h2", answer.copies.length ? `Copies: ${answer.copies.length}` : "No copy of it is here")];
  if (answer.copies.length) parts.push(copiesTable(answer.copies));
  const passages = answer.passages;
  parts.push(element("h2", passages.length ? `Places of passages: ${passages.length}` : "No passage of it is here"));
  const shown = passages.slice(0, MOST_PASSAGES);
  parts.push(...(await Promise.all(shown.map((passage) => beside(passage, text)))));
  byId("answer").replaceChildren(...parts);
}

async function ask(event) {
  event.preventDefault();
  const text = byId("text").value;
  const question = { text, outlet: byId("outlet").value };
  if (byId("published").value) question.published = byId("published").value;
  byId("trouble").hidden = true;
  byId("submit").disabled = true;
  try {
    await show(await asked("/api/query", question), text);
  } catch (error) {
    byId("trouble").textContent = error.message;
    byId("trouble").hidden = false;
  } finally {
    byId("submit").disabled = false;
  }
}

byId("ask").addEventListener("submit", ask);
asked("/api/stats").then(
  ({ articles }) => { byId("holds").textContent = `An archive of ${articles.toLocaleString("en")} articles.`; },
  () => {},
);
