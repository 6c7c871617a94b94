// An article's text with its passages marked: by colour, by line, and in words.

/**
 * Cuts a text at the borders of its passages. Returns pieces { from, to, over, begins }: the
 * passages a piece lies in, the shortest first, and those that begin with it.
 */
const pieces = (length, spans) => {
  const borders = [...new Set([0, length, ...spans.flatMap(({ from, to }) => [from, to])])];
  borders.sort((a, b) => a - b);
  const starting = [...spans].sort((a, b) => a.from - b.from || b.to - a.to);
  const found = [];
  let active = [];
  let next = 0;
  for (let place = 0; place + 1 < borders.length; place++) {
    const [from, to] = [borders[place], borders[place + 1]];
    active = active.filter((span) => span.to > from);
    const begins = [];
    while (next < starting.length && starting[next].from <= from) begins.push(starting[next++]);
    active.push(...begins);
    const over = [...active].sort((a, b) => a.to - a.from - (b.to - b.from));
    found.push({ from, to, over, begins });
  }
  return found;
};

/** What a passage's label says. */
const reach = (passage) => {
  if (passage.kind === "repeated") return `${passage.at.length}×`;
  if (passage.kind === "boilerplate" || passage.kind === "recycled") return many(passage.articles, "article");
  if (passage.kind === "credit" && passage.at.length === 1) return "";
  return many(passage.outlets, "outlet");
};

/** In how many articles and outlets it stands, for headings. */
const reachOf = (passage) => [counted(many(passage.articles, "article"), COUNTS.have), counted(many(passage.outlets, "outlet"), COUNTS.haveOutlets)];

const label = (passage) => [KINDS[passage.kind].name, reach(passage)].filter(Boolean).join(" · ");

/** The text as an element; `select` is called with the span whose mark was chosen. */
const marked = (article, select) => {
  const spans = passagesOf(article);
  if (article.text === undefined) return withoutText(article, spans, select);
  const at = places(article.text, spans.flatMap(({ start, end }) => [start, end]));
  for (const span of spans) Object.assign(span, { from: at(span.start), to: at(span.end) });
  const nodes = pieces(article.text.length, spans).flatMap((piece) => [
    ...piece.begins.map((span) => opener(span, select)),
    markedPiece(piece, article.text.slice(piece.from, piece.to), select),
  ]);
  return el("div", { class: "text", dir: "auto" }, nodes);
};

/** Where the text is not embedded, its passages are, in their order. */
const withoutText = (article, spans, select) => {
  const nodes = [];
  let at = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (span.end <= at) continue;
    if (span.start > at) nodes.push(gap(span.start - at));
    const piece = { over: [span] };
    nodes.push(el("p", { dir: "auto" }, opener(span, select), markedPiece(piece, passageText(span.passage), select)));
    at = span.end;
  }
  if (at < article.chars) nodes.push(gap(article.chars - at));
  return el("div", { class: "text" }, nodes);
};

const gap = (chars) => el("p", { class: "gap" }, `${many(chars, "character")} not embedded in this page`);

const opener = (span, select) =>
  el("button", { type: "button", class: `label ${span.passage.kind}`, click: () => select(span) }, label(span.passage));

const markedPiece = ({ over }, text, select) => {
  const [span] = over;
  if (!span) return text;
  const mark = el("mark", { class: span.passage.kind, click: () => select(span) }, text);
  mark.spans = over;
  return mark;
};

/** What the colours and lines mean, for the kinds that are there. */
const legend = (spans) => {
  const counts = new Map();
  for (const { passage } of spans) counts.set(passage.kind, (counts.get(passage.kind) ?? 0) + 1);
  const kinds = Object.keys(KINDS).filter((kind) => counts.has(kind));
  return el("ul", { class: "legend" }, kinds.map((kind) =>
    el("li", {}, el("mark", { class: kind }, KINDS[kind].name), ` ${counts.get(kind)} – ${KINDS[kind].means}`)));
};

/** The appearances of a passage in order of time, one for each article. */
const appearances = (passage) => {
  const seen = new Map();
  for (const [place, , , identity] of passage.at) {
    const known = seen.get(place);
    if (known) known.times += 1;
    else seen.set(place, { article: model.articles[place], identity, times: 1 });
  }
  return [...seen.values()].sort((a, b) => byPublication(a.article, b.article));
};
