"use strict";

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
  if (!fetched.has(id)) {
    const asking = asked("/api/articles/" + encodeURIComponent(id));
    // What failed may be there the next time.
    asking.catch(() => fetched.delete(id));
    fetched.set(id, asking);
  }
  return fetched.get(id);
}

const day = (published) => (published || "undated").slice(0, 10);

/** A table whose rows become cards where there is little room. A cell is a text or an element. */
function table(head, rows) {
  const row = ([name, ...cells]) => element("tr", [
    element("th", name, { scope: "row" }),
    ...cells.map((cell, place) => element("td", cell, { "data-label": head[place + 1] })),
  ]);
  const made = element("table", [
    element("thead", element("tr", head.map((name) => element("th", name, { scope: "col" })))),
    element("tbody", rows.map(row)),
  ]);
  return element("div", made, { class: "list" });
}

/** What the address asks for, after its #. */
const wanted = () => new URLSearchParams(location.hash.slice(1));

/** Shows what went wrong, or that nothing did. */
function trouble(error) {
  byId("trouble").textContent = error ? error.message : "";
  byId("trouble").hidden = !error;
}

// The address after # is what the page asks for: the skip link must not take its place.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("main").focus();
});

asked("/api/stats").then(
  ({ articles, report }) => {
    byId("holds").textContent = `An archive of ${articles.toLocaleString("en")} articles.`;
    byId("report").hidden = !report;
  },
  () => {},
);
