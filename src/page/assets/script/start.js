// Opens the data and shows what the address asks for.

const trouble = (text) => {
  const notice = document.getElementById("trouble");
  notice.textContent = text;
  notice.hidden = false;
};

const start = async () => {
  if (!("DecompressionStream" in window)) {
    trouble("This browser is too old to open the data of this page. Here are the counts and the largest stories.");
    return;
  }
  const data = await open("data");
  if (data === null) return;
  model = understand(data);
  cards = document.querySelector(".cards");
  for (const card of cards.querySelectorAll("[data-view]")) {
    const { view } = card.dataset;
    card.replaceChildren(el("a", { href: address(view) }, ...card.childNodes));
  }
  drawBar();
  offerToShare();
  document.addEventListener("click", (event) => {
    followed = event.target.closest?.("a[href^='#']") !== null;
    const skip = event.target.closest?.(".skip");
    if (skip) {
      event.preventDefault();
      document.getElementById("main").focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea");
    if (event.key === "/" && !typing) {
      const search = document.querySelector("input[type=search]");
      if (search) event.preventDefault();
      search?.focus();
    }
    if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) (keys[event.key] ?? rowKeys[event.key])?.(event);
  });
  history.scrollRestoration = "manual";
  // The first view needs no texts, and does not wait for them; all others do.
  let complete = false;
  addEventListener("hashchange", () => complete && show(true));
  const early = asked().view === "stories" && Boolean(model.has.stories);
  if (early) {
    show(false);
    await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  }
  withTexts(await open("texts"));
  complete = true;
  if (!early || location.hash !== here) show(early);
  // What the first article would have to wait for: where all passages stand.
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  idle(() => model.articles.length && passagesOf(model.articles[0]));
};

start().catch((error) => {
  trouble(`The data of this page cannot be opened: ${error.message}`);
});
