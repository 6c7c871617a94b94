// What is shown is what the address says after `#`: every view can be linked to, and Back goes back.

/** Views by name. Each takes an id and the rest of the address, and returns what to show. */
const views = Object.create(null);

/** The address of a view. */
const address = (view, id, more) => {
  const rest = Object.entries(more ?? {}).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`);
  const named = id === undefined ? "" : `=${encodeURIComponent(id).replaceAll("%2C", ",")}`;
  return `#${view}${named}${rest.join("")}`;
};

/** A link to a view. */
const link = (text, view, id, more) => el("a", { href: address(view, id, more) }, text);

const linkTo = {
  article: (article, more) =>
    el("a", { href: address("article", article.id, more), dir: "auto" }, cut(titleOf(article), 160)),
  story: (story) => el("a", { href: address("story", story.id), dir: "auto" }, cut(story.headline, 160)),
  family: (family, text) => link(text, "family", family.id),
};

/** The view, the id and the parameters that the address names. */
const asked = () => {
  const params = new URLSearchParams(location.hash.slice(1));
  const [view, id] = params.entries().next().value ?? ["stories", ""];
  return { view, id, params };
};

/** Changes parameters of the address without leaving the view. */
const amend = (changes) => {
  const { view, id, params } = asked();
  const more = {};
  for (const [name, value] of params) if (name !== view) more[name] = value;
  Object.assign(more, changes);
  for (const name of Object.keys(more)) if (more[name] === "") delete more[name];
  history.replaceState(null, "", address(view, id === "" ? undefined : id, more));
  here = location.hash;
};

/** Where each address was scrolled to when it was left. */
const left = new Map();
let here = location.hash;
let followed = false;

/** What keys do in the view that is shown, by name. */
let keys = {};

const show = (moved) => {
  const { view, id, params } = asked();
  if (view === "main") return;
  const main = document.getElementById("main");
  if (moved) left.set(here, scrollY);
  here = location.hash;
  document.querySelector(".panel")?.remove();
  keys = {};
  const make = views[view] ?? missing;
  main.replaceChildren(...[make(id, params)].flat(Infinity).filter(Boolean));
  const title = main.querySelector("h1")?.textContent ?? "";
  document.title = `${cut(title, 80)} – newsfold`;
  mark(view);
  // A notice is shown where what it tells of would stand.
  for (const notice of document.querySelectorAll(".notice[data-views]")) notice.hidden = !notice.dataset.views.split(" ").includes(view);
  if (moved) {
    main.querySelector("h1")?.focus({ preventScroll: true });
    scrollTo(0, followed ? 0 : (left.get(here) ?? 0));
  }
  followed = false;
  // Links are followed a task later than they are clicked: what waits for a view waits for this.
  main.dataset.shown = here;
  main.dispatchEvent(new Event("shown"));
};

const missing = () => [
  heading("Nothing here", "This address names nothing in the report"),
  el("p", {}, "It may come from another run. ", link("See all stories", "stories"), "."),
];

/** The views in the bar on top, and which single views belong to them. */
const bar = [
  ["stories", "Stories", ["story", "storyline"]],
  ["articles", "Articles", ["article", "compare"]],
  ["passages", "Passages", ["passage"]],
  ["families", "Copies", ["family", "threshold"]],
  ["outlets", "Outlets", ["outlet"]],
  ["about", "About", []],
];

const drawBar = () => {
  const there = { stories: "stories", passages: "passages", families: "families", outlets: "outlets" };
  const links = bar.filter(([view]) => !there[view] || model.has[there[view]]);
  document.getElementById("nav").append(...links.map(([view, name]) => link(name, view)));
};

const mark = (view) => {
  const [home] = bar.find(([name, , single]) => name === view || single.includes(view)) ?? [];
  for (const entry of document.querySelectorAll("#nav a")) {
    const current = entry.getAttribute("href") === `#${home}`;
    if (!current) {
      entry.removeAttribute("aria-current");
      continue;
    }
    entry.setAttribute("aria-current", "page");
    // Where the bar is wider than the window, what is shown is in sight.
    const bar = entry.parentNode;
    const from = entry.offsetLeft - bar.offsetLeft;
    bar.scrollLeft = from + entry.offsetWidth <= bar.clientWidth ? 0 : from - 40;
  }
};
