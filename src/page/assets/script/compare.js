// Two articles side by side: the passages they share, numbered and in matching colours.
//
// Where the texts are embedded they are aligned here, word by word, so that any two articles can be
// compared, whatever the run looked for. Else the passages of the run stand side by side.

/** Words that must agree in a row before anything is called shared: fewer are an idiom or a name. */
const SEED_WORDS = 8;
/** So many differing words in a row are a change inside a passage; more end it. */
const GAP_WORDS = 12;
/** Where a run of words stands more often than so in the other text, the first places are tried. */
const MOST_PLACES = 16;
/** Colours before they come round again; the numbers do not. */
const TONES = 5;

/** Scripts that are written without spaces count by the character. */
const UNSPACED = "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}";
const WORD = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, "gu");

const wordsOf = (text) => {
  const found = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    found.push({ word: folded(word), from: index, to: index + word.length });
  }
  return found;
};

/** Runs of words that both texts have: { a, b, length }, in the order of A, no word in two of them. */
const agreeing = (a, b) => {
  const at = new Map();
  const seed = (words, place) => {
    let key = "";
    for (let next = place; next < place + SEED_WORDS; next++) key += `${words[next].word} `;
    return key;
  };
  for (let place = 0; place + SEED_WORDS <= b.length; place++) {
    const key = seed(b, place);
    const known = at.get(key);
    if (!known) at.set(key, [place]);
    else if (known.length < MOST_PLACES) known.push(place);
  }
  const taken = new Uint8Array(b.length);
  const found = [];
  for (let place = 0; place + SEED_WORDS <= a.length; ) {
    let best = null;
    for (const other of at.get(seed(a, place)) ?? []) {
      let length = 0;
      while (a[place + length]?.word === b[other + length]?.word && place + length < a.length && !taken[other + length]) length += 1;
      if (length >= SEED_WORDS && (!best || length > best.length)) best = { a: place, b: other, length };
    }
    if (!best) {
      place += 1;
      continue;
    }
    // The words before may agree too: their seed stood in too many places, or was taken.
    const last = found.at(-1);
    const free = last ? last.a + last.length : 0;
    while (best.a > free && best.b > 0 && a[best.a - 1].word === b[best.b - 1].word && !taken[best.b - 1]) {
      best = { a: best.a - 1, b: best.b - 1, length: best.length + 1 };
    }
    taken.fill(1, best.b, best.b + best.length);
    found.push(best);
    place = best.a + best.length;
  }
  return found;
};

/** Passages: agreeing runs that follow one another in both texts with few other words between. */
const joined = (runs) => {
  const passages = [];
  for (const run of runs) {
    const runsBefore = passages.at(-1);
    const last = runsBefore?.at(-1);
    const [inA, inB] = last ? [run.a - last.a - last.length, run.b - last.b - last.length] : [Infinity, Infinity];
    if (inA <= GAP_WORDS && inB >= 0 && inB <= GAP_WORDS) runsBefore.push(run);
    else passages.push([run]);
  }
  return passages;
};

/** What two texts share: for each side the spans of the passages, of the words that differ in them, and the share of words. */
const alignment = (first, second) => {
  const words = [wordsOf(first), wordsOf(second)];
  const passages = joined(agreeing(...words));
  const side = (name, place) => {
    const spans = [];
    let agreed = 0;
    passages.forEach((runs, number) => {
      const [head, tail] = [runs[0], runs.at(-1)];
      const at = (word) => words[place][word];
      spans.push({ number, from: at(head[name]).from, to: at(tail[name] + tail.length - 1).to });
      runs.forEach((run, order) => {
        agreed += run.length;
        const before = runs[order - 1];
        if (!before) return;
        const [from, to] = [before[name] + before.length, run[name]];
        if (to > from) spans.push({ differs: true, from: at(from).from, to: at(to - 1).to });
      });
    });
    return { spans, share: agreed / Math.max(1, words[place].length) };
  };
  return { a: side("a", 0), b: side("b", 1), passages: passages.length };
};

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
    if (a && b) return [a, b];
  }
  return null;
};

views.compare = (id, params) => {
  const both = bothOf(id ?? "");
  if (!both) return missing();
  const [a, b] = both;
  const embedded = a.text !== undefined && b.text !== undefined;
  const found = embedded ? alignment(a.text, b.text) : fromPassages(a, b);
  const shared = model.has.passages ? (embedded ? fromPassages(a, b) : found).ids : found.passages;
  const told = counted(many(shared, "shared passage"), model.has.passages ? "Passages that the run found in both, those that lie in another of them aside" : "Places of which both have the words");
  const panes = { a: pane("A", a, found.a, embedded), b: pane("B", b, found.b, embedded) };
  const same = (a.family && a.family === b.family && "in one family of near-duplicates") || (a.story && a.story === b.story && "of one story") || null;
  const steps = stepper(panes, found, params);
  const [heads, texts] = [el("div", { class: "sides heads" }), el("div", { class: "panes" })];
  heads.append(head("A", a, found.a.share, "B"), head("B", b, found.b.share, "A"));
  texts.append(panes.a.frame, minimap(found, embedded ? [a.text.length, b.text.length] : [a.chars, b.chars], steps.show), panes.b.frame);
  document.getElementById("main").addEventListener("shown", steps.start, { once: true });
  return [
    heading("Compare", "Two articles side by side", same, apart(a, b) === "no date" ? null : `B ${apart(a, b)}`, told),
    heads,
    steps.tools,
    texts,
    el("p", { class: "soft" }, "What both have has the same number and colour on both sides. ",
      embedded ? "Struck through are words in it that only A has, double-underlined those that only B has. " : "",
      embedded ? `Grey with dots below is page furniture. Shares are of words that agree in runs of ${SEED_WORDS} or more.`
        : "The texts are not in this page: these are the passages that the run found, in the words that one article has them in. "
          + "Another may have them with other words, as is said below each. Shares count such words, too."),
    embedded ? null : el("p", { class: "soft" }, el("code", {}, "newsfold compare OUT A B"), " shows the words of both."),
    el("p", {}, el("a", { href: comparison(b, a) }, "Change sides")),
  ];
};

const head = (letter, article, share, other) =>
  el("section", { "aria-label": `Article ${letter}` },
    el("h2", {}, el("span", { class: "letter" }, letter), linkTo.article(article)),
    el("p", { class: "facts" }, spaced([bdi(article.outlet.name), when(article.published, article.dayOnly), many(article.tokens, "word")])),
    el("p", {}, el("b", {}, percent(share)), ` of ${letter} stands in ${other}`));

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

/** What the run found in both: each passage that lies in no other of them. */
const fromPassages = (a, b) => {
  const inB = new Map(passagesOf(b).map((span) => [span.passage, span]));
  let reach = 0;
  const shared = passagesOf(a)
    .filter(({ passage }) => inB.has(passage))
    .sort((x, y) => x.start - y.start || y.end - x.end)
    .filter(({ end }) => {
      const further = end > reach;
      reach = Math.max(reach, end);
      return further;
    });
  const spans = (of) => shared.map((span, number) => {
    const { passage, start, end, identity } = of(span);
    return { number, from: start, to: end, text: passageText(passage), identity };
  }).sort((x, y) => x.from - y.from);
  const side = (article, of) => {
    const mine = spans(of);
    let [covered, reached] = [0, 0];
    for (const { from, to } of mine) {
      covered += Math.max(0, to - Math.max(from, reached));
      reached = Math.max(reached, to);
    }
    return { spans: mine, share: covered / Math.max(1, article.chars) };
  };
  return { a: side(a, (span) => span), b: side(b, ({ passage }) => inB.get(passage)), passages: shared.length, ids: new Set(shared.map(({ passage }) => passage)).size };
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
const stepper = ({ a, b }, { passages }, params) => {
  const asked = Number.parseInt(params.get("n"), 10);
  let current = asked >= 1 && asked <= passages ? asked - 1 : -1;
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
    place.textContent = passages === 0 ? "No shared place" : current < 0 ? many(passages, "shared place") : `Place ${number(current + 1)} of ${number(passages)}`;
  };
  const step = (by) => {
    if (passages) show(current < 0 ? (by > 0 ? 0 : passages - 1) : (current + by + passages) % passages);
  };
  keys = { n: () => step(1), j: () => step(1), p: () => step(-1), k: () => step(-1) };

  /** Heights that belong together: both starts, both ends, and every passage that keeps the order. */
  const anchors = () => {
    const end = ({ frame }) => frame.scrollHeight - frame.clientHeight;
    const found = [[0, 0]];
    for (let number = 0; number < passages; number++) {
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
    el("button", { type: "button", disabled: passages === 0, click: () => step(by), "aria-keyshortcuts": key }, text);
  const tools = el("div", { class: "tools steps" }, button("← Previous (p)", -1, "p k"), button("Next (n) →", 1, "n j"), place,
    el("label", { class: "check" }, together, " Scroll together"));
  return { tools, show, start: () => current >= 0 && show(current) };
};
