// Two articles side by side: the passages they share, numbered and in matching colours.
//
// Where the texts are embedded, they stand there whole, with the words marked that differ. Else the passages of the run do.

/** Colours before they come round again; the numbers do not. */
const TONES = 5;

/** The address of a comparison. */
const comparison = (a, b) => address("compare", `${a.id},${b.id}`);

/** A link to a comparison, which says to a screen reader what is compared. */
const linkToCompare = (a, b, text = "Compare") =>
  el("a", { href: comparison(a, b), "aria-label": `${text}: ${cut(titleOf(a), 60)} and ${cut(titleOf(b), 60)}` }, text);

/** The two articles that an address names. An id may have commas of its own. */
const bothOf = (id) => {
  const parts = id.split(",");
  for (let place = 1; place < parts.length; place++) {
    const a = find("articles", parts.slice(0, place).join(","));
    const b = find("articles", parts.slice(place).join(","));
    if (a && b && a !== b) return [a, b];
  }
  return null;
};

views.compare = (id, params) => {
  const both = bothOf(id ?? "");
  if (!both) return missing();
  const [a, b] = both;
  const embedded = a.text !== undefined && b.text !== undefined;
  const found = embedded ? sharedWords(a, b) : sharedPassages(a, b);
  const told = counted(many(found.passages, "shared passage"), model.has.passages ? "Passages that the run found in both, those that lie in another of them aside" : "Places of which both have the words");
  const panes = { a: pane("A", a, found.a, embedded), b: pane("B", b, found.b, embedded) };
  const same = (a.family && a.family === b.family && "in one family of near-duplicates") || (a.story && a.story === b.story && "of one story") || null;
  const steps = stepper(panes, found, params);
  const [heads, texts] = [el("div", { class: "sides heads" }), el("div", { class: "panes" })];
  heads.append(head("A", a, found.a.share, "B", embedded), head("B", b, found.b.share, "A", embedded));
  texts.append(panes.a.frame, minimap(found, embedded ? [a.text.length, b.text.length] : [a.chars, b.chars], steps.show), panes.b.frame);
  document.getElementById("main").addEventListener("shown", steps.start, { once: true });
  return [
    heading("Compare", "Two articles side by side", same, apart(a, b) === "no date" ? null : `B ${apart(a, b)}`, told),
    heads,
    steps.tools,
    texts,
    el("ul", { class: "legend" },
      el("li", {}, el("span", { class: "ordinal tone-0" }, "1"), "a shared passage: it has the same number and colour on both sides, and a band in the middle joins them"),
      embedded ? [
        el("li", {}, el("del", {}, "words"), " in it that only A has"),
        el("li", {}, el("ins", {}, "words"), " in it that only B has"),
        el("li", {}, el("span", { class: "furniture" }, "words"), " of page furniture"),
      ] : null),
    el("p", { class: "soft" }, embedded
      ? (model.has.passages ? null : `This run looked for no passages. What agrees in ${SEED_WORDS} words in a row or more is shared here.`)
      : "The texts are not in this page: these are the passages that the run found, in the words that one article has them in. "
        + "Another may have them with other words, as is said below each."),
    embedded ? null : el("p", { class: "soft" }, el("code", {}, "newsfold compare OUT A B"), " shows the words of both."),
    el("p", {}, el("a", { href: comparison(b, a) }, "Change sides")),
  ];
};

const head = (letter, article, share, other, embedded) => {
  const [unit, means] = embedded
    ? ["words", `Words of ${letter} that stand in a shared passage, as newsfold compare counts them`]
    : ["characters", `Characters of ${letter} that stand in a shared passage; newsfold compare counts words`];
  return el("section", { "aria-label": `Article ${letter}` },
    el("h2", {}, el("span", { class: "letter" }, letter), linkTo.article(article)),
    el("p", { class: "facts" }, spaced([bdi(article.outlet.name), when(article.published, article.dayOnly), counted(many(article.tokens, "word"), COUNTS.words)])),
    el("p", {}, counted(el("b", {}, percent(share)), means), ` of ${letter}’s ${unit} stand in passages that ${other} has too`));
};

/** One text in a frame that scrolls by itself. `marks[n]` is where passage n begins in it. */
const pane = (letter, article, { spans }, embedded) => {
  const marks = [];
  const opened = ({ number }) => {
    marks[number] ??= el("span", { class: `ordinal tone-${number % TONES}`, "data-passage": number }, String(number + 1));
    return marks[number];
  };
  const piece = ({ over, begins }, text) => {
    const passage = over.find((span) => span.number !== undefined);
    const furniture = over.some((span) => span.furniture);
    const differs = over.some((span) => span.differs);
    let node = furniture ? el("span", { class: "furniture" }, text) : text;
    if (differs) node = el(letter === "A" ? "del" : "ins", {}, node);
    if (passage) node = el("mark", { class: `tone-${passage.number % TONES}`, "data-passage": passage.number }, node);
    return [...begins.filter((span) => span.number !== undefined).map(opened), node];
  };
  const nodes = [];
  if (embedded) {
    const furniture = passagesOf(article).filter(({ passage }) => passage.kind === "boilerplate");
    const at = places(article.text, furniture.flatMap(({ start, end }) => [start, end]));
    const all = [...spans, ...furniture.map(({ start, end }) => ({ furniture: true, from: at(start), to: at(end) }))];
    for (const cutOut of pieces(article.text.length, all)) {
      nodes.push(piece(cutOut, article.text.slice(cutOut.from, cutOut.to)));
    }
  } else {
    for (const span of spans) {
      nodes.push(el("p", { dir: "auto" }, piece({ over: [span], begins: [span] }, span.text)));
      if (span.identity < 1) nodes.push(el("p", { class: "soft" }, `${percent(span.identity)} of these words stand in ${letter}.`));
    }
    if (!nodes.length) nodes.push(el("p", { class: "gap" }, "No passage that the other has too."));
  }
  const frame = el("div", { class: "pane", tabindex: "0", role: "region", "aria-label": `Text of ${letter}` },
    el("div", { class: "text", dir: "auto" }, nodes));
  return { frame, marks };
};

/** Both texts as two bars, what they share joined: where copying begins and what was moved. */
const minimap = (found, lengths, show) => {
  const [width, height, bar] = [72, 400, 10];
  const drawing = svg("svg", { class: "minimap", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  drawing.append(svg("rect", { class: "whole", width: bar, height }), svg("rect", { class: "whole", x: width - bar, width: bar, height }));
  const of = ({ spans }, length) =>
    new Map(spans.filter((span) => span.number !== undefined).map((span) => [span.number, [span.from, span.to].map((at) => (at / Math.max(1, length)) * height)]));
  const [inA, inB] = [of(found.a, lengths[0]), of(found.b, lengths[1])];
  // The short ones last, that no long one hides them.
  const shared = [...inA].sort(([, a], [, b]) => b[1] - b[0] - (a[1] - a[0]));
  for (const [number, [top, bottom]] of shared) {
    const [otherTop, otherBottom] = inB.get(number);
    drawing.append(svg("path", {
      class: `tone-${number % TONES}`,
      d: `M0,${top} H${bar} L${width - bar},${otherTop} H${width} V${otherBottom} H${width - bar} L${bar},${bottom} H0 Z`,
      click: () => show(number),
    }));
  }
  return drawing;
};

/** The buttons, the keys and the common scrolling. */
const stepper = ({ a, b }, { places: shared }, params) => {
  const asked = Number.parseInt(params.get("n"), 10);
  let current = asked >= 1 && asked <= shared ? asked - 1 : -1;
  const place = el("span", { role: "status" });
  const together = el("input", { type: "checkbox", checked: true });
  const top = (side, number) => side.marks[number].offsetTop - side.frame.clientHeight / 5;
  // Scrolls that the page itself made, which must not be answered.
  const own = new Set();
  const scroll = (side, to) => {
    const before = side.frame.scrollTop;
    side.frame.scrollTop = to;
    if (side.frame.scrollTop !== before) own.add(side.frame);
  };
  const show = (number) => {
    current = number;
    for (const side of [a, b]) {
      scroll(side, top(side, number));
      for (const mark of side.frame.querySelectorAll("[data-passage]")) {
        mark.classList.toggle("chosen", Number(mark.dataset.passage) === number);
      }
    }
    say();
    amend({ n: String(number + 1) });
  };
  const say = () => {
    place.textContent = shared === 0 ? "No shared place" : current < 0 ? many(shared, "shared place") : `Place ${number(current + 1)} of ${number(shared)}`;
  };
  const step = (by) => {
    if (shared) show(current < 0 ? (by > 0 ? 0 : shared - 1) : (current + by + shared) % shared);
  };
  keys = { n: () => step(1), j: () => step(1), p: () => step(-1), k: () => step(-1) };

  /** Heights that belong together: both starts, both ends, and every passage that keeps the order. */
  const anchors = () => {
    const end = ({ frame }) => frame.scrollHeight - frame.clientHeight;
    const found = [[0, 0]];
    for (let number = 0; number < shared; number++) {
      const next = [top(a, number), top(b, number)];
      const last = found.at(-1);
      if (next[0] > last[0] && next[1] > last[1] && next[0] < end(a) && next[1] < end(b)) found.push(next);
    }
    return [...found, [end(a), end(b)]];
  };
  const follow = (side, other, from, to) => () => {
    if (own.delete(side.frame) || !together.checked) return;
    const at = side.frame.scrollTop;
    const all = anchors();
    const above = all.findLastIndex((anchor, order) => anchor[from] <= at && order + 1 < all.length);
    const [low, high] = [all[above], all[above + 1]];
    const way = (at - low[from]) / Math.max(1, high[from] - low[from]);
    scroll(other, low[to] + way * (high[to] - low[to]));
  };
  a.frame.addEventListener("scroll", follow(a, b, 0, 1));
  b.frame.addEventListener("scroll", follow(b, a, 1, 0));
  for (const side of [a, b]) {
    side.frame.addEventListener("click", (event) => {
      const marked = event.target.closest("[data-passage]");
      if (marked) show(Number(marked.dataset.passage));
    });
  }
  say();
  const button = (text, by, key) =>
    el("button", { type: "button", disabled: shared === 0, click: () => step(by), "aria-keyshortcuts": key }, text);
  const tools = el("div", { class: "tools steps" }, button("← Previous (p)", -1, "p k"), button("Next (n) →", 1, "n j"), place,
    el("label", { class: "check" }, together, " Scroll together"));
  return { tools, show, start: () => current >= 0 && show(current) };
};
