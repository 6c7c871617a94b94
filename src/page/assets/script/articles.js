// The articles: all of them, and one with its passages.

/** How many articles and appearances are listed beside a text. */
const NEAREST = 20;
const BESIDE = 12;

views.articles = (_, params) => {
  const columns = [
    {
      name: "title",
      label: "Article",
      value: (article) => folded(titleOf(article)),
      cell: (article) => [linkTo.article(article), el("small", {}, bdi(article.outlet.name))],
    },
    { name: "published", label: "Published", number: true, value: (a) => a.published, cell: (a) => when(a.published, true), counts: "The day, UTC" },
    { name: "words", label: "Words", number: true, minor: true, value: (a) => a.tokens, cell: (a) => number(a.tokens), counts: COUNTS.words },
  ];
  if (model.has.families) columns.push({ name: "role", label: "Role", minor: true, brief: true, value: (a) => (a.copyOf ? 0 : a.family ? 1 : 2), cell: role });
  if (model.has.passages) columns.push({ name: "copied", label: "Shared text", number: true, value: (a) => a.copied, cell: (a) => percent(a.copied ?? 0), counts: COUNTS.shared });
  return [
    heading("All", "Articles"),
    list({
      rows: model.articles,
      columns,
      filters: [outletFilter((article, place) => article.outlet.place === place), ...agencyFilter(), ...storyFilter()],
      sort: "published",
      one: "article",
      caption: "Articles",
      hint: "title, outlet or id",
      text: (article) => `${titleOf(article)}\n${article.outlet.name}\n${article.id}`,
    }, params),
  ];
};

/** Articles that name an agency or source, or share text with one that does. */
const agencyFilter = () => (model.credited.size ? [{
  name: "agency",
  label: "Agency",
  options: [["", "all"], ...[...model.credited].sort(([, a], [, b]) => b.size - a.size).map(([agency, places]) => [agency, `${cut(agency, 40)} (${number(places.size)})`])],
  test: ({ place }, agency) => model.credited.get(agency)?.has(place),
}] : []);

/** Articles in a story with others, or alone in theirs. */
const storyFilter = () => (model.has.stories ? [{
  name: "story",
  label: "Story",
  options: [["", "all"], ["shared", "with others"], ["alone", "alone in theirs"]],
  test: ({ story }, choice) => (choice === "alone") === (story === null || story.members.length === 1),
}] : []);

views.article = (id, params) => {
  const article = find("articles", id);
  if (!article) return missing();
  const spans = passagesOf(article);
  const frame = el("div", { class: "reading" });
  const select = (span) => {
    amend({ passage: span.passage.id });
    choose(frame, article, span.passage);
  };
  const body = marked(article, select);
  frame.append(el("div", {}, spans.length ? legend(spans) : null, body));
  const chosen = params.get("passage");
  if (chosen !== null) {
    const passage = find("passages", chosen);
    const reveal = () => {
      choose(frame, article, passage);
      frame.querySelector("mark.chosen")?.scrollIntoView({ block: "center" });
    };
    if (spans.some((span) => span.passage === passage)) document.getElementById("main").addEventListener("shown", reveal, { once: true });
  }
  return [
    heading(
      article.story
        ? ["Article in the story ", el("a", { href: address("story", article.story.id), dir: "auto" }, cut(article.story.headline, 90))]
        : "Article",
      titleOf(article),
      bdi(article.outlet.name), when(article.published, article.dayOnly), counted(many(article.tokens, "word"), COUNTS.words),
      article.lang, writtenBy(article), outside(article.url)),
    el("ul", { class: "findings" }, findings(article, spans).map((finding) => el("li", {}, finding))),
    sharing(article, spans),
    el("h2", {}, "Text"),
    frame,
    el("p", { class: "soft" }, "Id ", el("code", {}, bdi(article.id)), " · read from ", el("code", {}, bdi(article.source))),
  ];
};

/** Who wrote it; some inputs say the word, too. */
const writtenBy = ({ author }) => (author ? [/^by\s/i.test(author) ? "" : "by ", bdi(cut(author, 90))] : null);

/** In words: whose text this is. */
const findings = (article, spans) => {
  const said = [];
  if (article.copyOf) {
    const { jaccard, within } = article.copyOf;
    said.push(["A near-duplicate of ", linkTo.article(article.family.kept), ", which is kept: ",
      counted(`${percent(jaccard)} alike`, COUNTS.alike), ", and ", counted(`${percent(within)} of its shingles`, COUNTS.shingles), " stand there. ", link("See the family", "family", article.family.id), "."]);
  } else if (article.family) {
    said.push(["Kept in place of ", link(many(article.family.members.length - 1, "copy", "copies"), "family", article.family.id), "."]);
  }
  if (article.copied !== undefined) {
    said.push(article.copied > 0
      ? [counted(`${percent(article.copied)} of its words`, COUNTS.shared), " also stand in other outlets."]
      : "None of its text stands in another outlet.");
    if (article.boilerplate > 0) said.push([counted(`${percent(article.boilerplate)} of its words`, COUNTS.furniture), " are page furniture."]);
  }
  if (article.agencies.length) said.push(["It names ", bdi(article.agencies.join(", ")), ", or shares text with an article that does."]);
  if (spans.length === 0 && model.has.passages && article.copied === undefined) said.push("It shares no passage with any other article.");
  return said;
};

/** The articles that share text with this one: who copied it, or whom it copied. */
const sharing = (article, spans) => {
  const shared = new Map();
  const note = (other) => {
    if (!shared.has(other)) shared.set(other, { other, passages: 0, longest: null });
    return shared.get(other);
  };
  for (const { passage } of spans) {
    if (passage.kind !== "syndicated" && passage.kind !== "quotation") continue;
    for (const place of new Set(passage.at.map(([at]) => at))) {
      if (place === article.place) continue;
      const entry = note(model.articles[place]);
      entry.passages += 1;
      if (!entry.longest || passage.tokens > entry.longest.tokens) entry.longest = passage;
    }
  }
  for (const { article: other } of article.family?.members ?? []) if (other !== article) note(other);
  if (shared.size === 0) return null;
  const rows = [...shared.values()];
  for (const row of rows) row.share = row.passages ? shareOf(article, row.other) : 0;
  rows.sort((a, b) => b.share - a.share || byPublication(a.other, b.other));
  const line = (entry) => {
    const { other, longest } = entry;
    return el("tr", {},
      el("th", { scope: "row" }, linkTo.article(other, longest ? { passage: longest.id } : {}), el("small", {}, bdi(other.outlet.name), " · ", linkToCompare(article, other))),
      el("td", { class: "brief", "data-label": "Published" }, apart(article, other)),
      el("td", { class: "number", "data-label": "Of this text" }, entry.passages ? percent(entry.share) : "–"),
      el("td", { class: "brief", "data-label": "Relation" }, together(article, other)));
  };
  const body = el("tbody", {}, rows.slice(0, NEAREST).map(line));
  const more = rows.length > NEAREST
    ? el("p", { class: "pages" }, el("button", { type: "button", click: (event) => {
        body.append(...rows.slice(NEAREST).map(line));
        event.target.remove();
      } }, `Show all ${number(rows.length)}`))
    : null;
  return [
    el("h2", {}, "Shares text with"),
    el("div", { class: "list" }, el("table", {},
      el("caption", { class: "unseen" }, "Articles that share text with this one"),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Article"), el("th", { scope: "col" }, "Published"),
        el("th", { scope: "col", class: "number", title: COUNTS.ofThis }, "Of this text"), el("th", { scope: "col" }, "Relation"))),
      body)),
    more,
  ];
};

/** How much earlier or later the other one was published. */
const apart = (article, other) => {
  if (article.published === null || other.published === null) return "no date";
  const hours = (other.published - article.published) / 3600;
  if (article.dayOnly || other.dayOnly) {
    const days = Math.floor(other.published / 86400) - Math.floor(article.published / 86400);
    return days === 0 ? "same day" : `${many(Math.abs(days), "day")} ${days > 0 ? "later" : "earlier"}`;
  }
  return hours === 0 ? "same time" : `${duration(hours)} ${hours > 0 ? "later" : "earlier"}`;
};

const together = (article, other) => {
  if (article.family && other.family === article.family) {
    if (other.copyOf) return article.copyOf ? "copy of the same kept one" : `copy, ${percent(other.copyOf.jaccard)} alike`;
    return "the one that is kept";
  }
  if (!model.has.stories) return "";
  return article.story && article.story === other.story ? "same story" : "another story";
};

/** Marks the passage in the text and shows beside it where else it stands. */
const choose = (frame, article, passage) => {
  for (const mark of frame.querySelectorAll("mark.chosen")) mark.classList.remove("chosen");
  for (const mark of frame.querySelectorAll(".text mark")) {
    if (mark.spans.some((span) => span.passage === passage)) mark.classList.add("chosen");
  }
  frame.querySelector(".panel")?.remove();
  const others = appearances(passage).filter((entry) => entry.article !== article);
  const close = () => {
    frame.querySelector(".panel")?.remove();
    for (const mark of frame.querySelectorAll("mark.chosen")) mark.classList.remove("chosen");
    amend({ passage: "" });
  };
  const panel = el("aside", { class: "panel", "aria-label": "Where else it stands", keydown: (event) => {
      if (event.key === "Escape") close();
    } },
    el("p", { class: "panel-head" }, el("mark", { class: passage.kind }, KINDS[passage.kind].name),
      el("button", { type: "button", class: "quiet", click: close, "aria-label": "Close" }, "✕")),
    el("p", {}, spaced([counted(many(passage.tokens, "word"), COUNTS.passageWords), ...reachOf(passage)])),
    others.length
      ? el("ol", {}, others.slice(0, BESIDE).map(({ article: other }) =>
          el("li", {}, el("small", {}, bdi(other.outlet.name), " · ", apart(article, other)),
            linkTo.article(other, { passage: passage.id }))))
      : el("p", {}, `It stands ${passage.at.length === 1 ? "only here" : `${passage.at.length} times in this article, and in no other`}.`),
    el("p", {}, link(others.length > BESIDE ? `All ${number(passage.articles)} articles` : "More about this passage", "passage", passage.id)));
  frame.append(panel);
};
