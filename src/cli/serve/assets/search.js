"use strict";

/** At most so many passages are shown; the count tells of the others. */
const MOST_PASSAGES = 60;

const percent = (share) => Math.floor(share * 100) + " %";
/** Places count characters, not the units of a string. */
const stretch = (text, start, end) => Array.from(text).slice(start, end).join("");

function copiesTable(copies) {
  const head = ["Article", "Outlet", "Published", "Alike", "Of yours in it", "Of it in yours", "Likeness"];
  return table(head, copies.map((copy) => [
    copy.id, copy.outlet, day(copy.published), percent(copy.jaccard), percent(copy.containment), percent(copy.contained), copy.evidence,
  ]));
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

/** What an answer looks like. */
async function shown(answer, text) {
  const parts = [element("h2", answer.copies.length ? `Copies: ${answer.copies.length}` : "No copy of it is here")];
  if (answer.copies.length) parts.push(copiesTable(answer.copies));
  const passages = answer.passages;
  parts.push(element("h2", passages.length ? `Places of passages: ${passages.length}` : "No passage of it is here"));
  const first = passages.slice(0, MOST_PASSAGES);
  parts.push(...(await Promise.all(first.map((passage) => beside(passage, text)))));
  return parts;
}

/** How often was asked: an answer that comes after a later question is shown no more. */
let questions = 0;

/** Asks about what the form has; of the archive's article `own` its places in itself are left out. */
async function ask(own) {
  const question = ++questions;
  const text = byId("text").value;
  const asking = { text, outlet: byId("outlet").value };
  if (byId("published").value) asking.published = byId("published").value;
  trouble();
  byId("submit").disabled = true;
  try {
    const { copies, passages } = await asked("/api/query", asking);
    const parts = await shown({
      copies: copies.filter((copy) => copy.id !== own),
      passages: passages.filter((passage) => passage.article !== own),
    }, text);
    if (question === questions) byId("answer").replaceChildren(...parts);
  } catch (error) {
    if (question === questions) trouble(error);
  } finally {
    if (question === questions) byId("submit").disabled = false;
  }
}

/** Asks about the article of the archive that the address names. */
async function askOfArticle() {
  const id = wanted().get("article");
  if (!id) return;
  try {
    const { text, outlet, published } = await article(id);
    // Somebody may have gone on meanwhile.
    if (id !== wanted().get("article")) return;
    byId("text").value = text;
    byId("outlet").value = outlet;
    byId("published").value = (published || "").slice(0, 10);
    await ask(id);
  } catch (error) {
    trouble(error);
  }
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
addEventListener("hashchange", askOfArticle);
askOfArticle();
