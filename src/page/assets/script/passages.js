// The passages and the families: all of them, and one.

views.passages = (_, params) => {
  if (!model.has.passages) return missing();
  const columns = [
    {
      name: "text",
      label: "Passage",
      cell: (passage) => [
        el("a", { href: address("passage", passage.id), dir: "auto", class: "quoted" }, cut(passageText(passage).slice(0, 400).replace(/\s+/g, " "), 150)),
        el("small", {}, el("mark", { class: passage.kind }, KINDS[passage.kind].name)),
      ],
    },
    { name: "outlets", label: "Outlets", number: true, value: (p) => p.outlets, cell: (p) => number(p.outlets), counts: COUNTS.haveOutlets },
    { name: "articles", label: "Articles", number: true, value: (p) => p.articles, cell: (p) => number(p.articles), counts: COUNTS.have },
    { name: "words", label: "Words", number: true, minor: true, value: (p) => p.tokens, cell: (p) => number(p.tokens), counts: COUNTS.passageWords },
    {
      name: "first",
      label: "First seen",
      number: true,
      minor: true,
      value: ({ first: [place] }) => model.articles[place].published,
      cell: ({ first: [place] }) => when(model.articles[place].published, true),
      counts: COUNTS.day,
    },
  ];
  const counts = model.counts.passages_by_kind;
  const kinds = Object.keys(KINDS).filter((kind) => counts[kind] > 0);
  const went = wentFrom(params);
  if (went) columns.push({ name: "told", label: "Told by", minor: true, value: toldBy, cell: toldBy, counts: "How the likely source is told" });
  const order = Object.keys(KINDS);
  // Before anything is sorted by: syndicated passages first, those in the most outlets on top.
  model.byKind ??= [...model.passages].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.outlets - a.outlets || b.tokens - a.tokens);
  return [
    heading("All", "Passages"),
    went
      ? el("p", {}, `Passages of ${went.to.name} whose likely source is ${went.from.name}. `, link("Show all passages", "passages"), ".")
      : el("p", { class: "soft" }, "Stretches of text that stand in more than one place, those that several outlets share first."),
    kindsLegend(kinds, counts),
    list({
      rows: went ? model.byKind.filter((passage) => passage.from === went.from && passage.followers.includes(went.to)) : model.byKind,
      columns,
      filters: went ? [] : [{
        name: "kind",
        label: "Kind",
        options: [["", "all"], ...kinds.map((kind) => [kind, `${KINDS[kind].name} (${number(counts[kind])})`])],
        test: (passage, kind) => passage.kind === kind,
      }],
      sort: "",
      one: "passage",
      caption: "Passages",
      hint: "words of the passage",
      text: (passage) => passageText(passage).slice(0, 2000),
    }, params),
  ];
};

/** The two outlets that the address names, where it asks for what went from one to the other. */
const wentFrom = (params) => {
  const outlet = (name) => (params.has(name) ? model.outlets.find((known) => known.isKnown && known.name === params.get(name)) : undefined);
  const [from, to] = [outlet("first"), outlet("followed")];
  return from && to ? { from, to } : null;
};

/** The address of the passages that went from one outlet to another. */
const passagesBetween = (from, to) => address("passages", undefined, { first: from.name, followed: to.name });

/** What each kind means, with how many there are. */
const kindsLegend = (kinds, counts) =>
  el("details", {}, el("summary", {}, "What the kinds mean"),
    el("ul", { class: "legend" }, kinds.map((kind) =>
      el("li", {}, el("mark", { class: kind }, KINDS[kind].name), ` ${number(counts[kind])} – ${KINDS[kind].means}`))));

/** Why somebody is likely to be the source, in words: a hint, never a verdict. */
const REASONS = {
  credit: "a credit line names it, or it is the author",
  earliest: "earliest of all outlets",
  longest: "has the longest form; who was first cannot be told",
};

/** How the direction of a passage is told: by its likely source, else by time. */
const toldBy = ({ source }) => REASONS[source?.[1] ?? "earliest"];

views.passage = (id) => {
  const passage = find("passages", id);
  if (!passage) return missing();
  const rows = appearances(passage);
  const [earliest, second] = rows;
  const sure = second && surelyBefore(earliest.article, second.article);
  const columns = [
    {
      name: "article",
      label: "Article",
      value: ({ article }) => folded(titleOf(article)),
      cell: ({ article, times }) => [
        linkTo.article(article, { passage: passage.id }),
        el("small", {}, bdi(article.outlet.name), times > 1 ? ` · ${times} times` : "",
          article === earliest.article ? "" : [" · ", linkToCompare(earliest.article, article)]),
      ],
    },
    { name: "published", label: "Published", number: true, value: ({ article }) => article.published, cell: ({ article }) => when(article.published, article.dayOnly), counts: COUNTS.time },
    { name: "after", label: "After the first", minor: true, number: true, value: ({ article }) => article.published, cell: (row) => (row === earliest ? (sure ? "first" : "–") : apart(earliest.article, row.article)), counts: "The time from the earliest article that has it to this one" },
    { name: "identity", label: "Words kept", number: true, value: ({ identity }) => identity, cell: ({ identity }) => percent(identity), counts: "The share of its words that agree with where it was published first" },
  ];
  const { name, means } = KINDS[passage.kind];
  return [
    heading([el("mark", { class: passage.kind }, name), ` ${means}`], `Passage of ${many(passage.tokens, "word")}`,
      ...reachOf(passage), counted(many(passage.at.length, "place"), "Places where it stands; an article can have it more than once"),
      sure ? ["first in ", bdi(earliest.article.outlet.name)] : null,
      passage.source ? ["likely source: ", bdi(passage.source[0]), ` (${REASONS[passage.source[1]]})`] : null,
      passage.credit && !passage.source ? ["credit: ", bdi(passage.credit)] : null,
      passage.parent ? el("a", { href: address("passage", passage.parent) }, "part of a longer passage") : null),
    el("blockquote", { class: `text ${passage.kind}`, dir: "auto" }, passageText(passage)),
    el("h2", {}, "Where it stands"),
    list({ rows, columns, sort: "published", one: "article", caption: "Where the passage stands" }, new URLSearchParams()),
  ];
};

views.families = (_, params) => {
  if (!model.has.families) return missing();
  const outlets = (family) => new Set(family.members.map(({ article }) => article.outlet));
  const first = (family) => range(family.members.map(({ article }) => article))[0];
  const columns = [
    {
      name: "kept",
      label: "Kept article",
      value: (family) => folded(titleOf(family.kept)),
      cell: (family) => [
        el("a", { href: address("family", family.id), dir: "auto" }, cut(titleOf(family.kept), 160)),
        el("small", {}, bdi(family.kept.outlet.name)),
      ],
    },
    { name: "copies", label: "Copies", number: true, value: (f) => f.members.length - 1, cell: (f) => number(f.members.length - 1), counts: "Articles for which the kept one stands" },
    { name: "outlets", label: "Outlets", number: true, value: (f) => outlets(f).size, cell: (f) => number(outlets(f).size), counts: COUNTS.outlets },
    { name: "weakest", label: "Weakest link", number: true, minor: true, value: (f) => f.weakest, cell: (f) => percent(f.weakest), counts: "The least Jaccard similarity of a copy and the kept article" },
    { name: "first", label: "First seen", number: true, minor: true, value: first, cell: (f) => when(first(f), true), counts: COUNTS.day },
  ];
  return [
    heading("Families of near-duplicates", "Copies"),
    el("p", { class: "soft" }, "Of each family one article is kept; the others are near-duplicates of it, called its copies. Kept does not mean written first.",
      model.has.merges ? [" ", link("What another threshold would change", "threshold"), "."] : null),
    list({
      rows: model.families,
      columns,
      sort: "-copies",
      one: "family",
      more: "families",
      caption: "Families",
      hint: "title or outlet",
      text: (family) => family.members.map(({ article }) => `${titleOf(article)}\n${article.outlet.name}`).join("\n"),
    }, params),
  ];
};

views.family = (id) => {
  const family = find("families", id);
  if (!family) return missing();
  const kept = (member) => member.article === family.kept;
  const columns = [
    {
      name: "article",
      label: "Article",
      value: ({ article }) => folded(titleOf(article)),
      cell: (member) => [
        linkTo.article(member.article),
        el("small", {}, kept(member) ? el("b", {}, "Kept · ") : "", bdi(member.article.outlet.name),
          kept(member) ? "" : [" · ", linkToCompare(family.kept, member.article)]),
      ],
    },
    { name: "published", label: "Published", number: true, value: ({ article }) => article.published, cell: ({ article }) => when(article.published, article.dayOnly), counts: COUNTS.time },
    { name: "alike", label: "Alike", number: true, value: (m) => (kept(m) ? 2 : m.jaccard), cell: (m) => (kept(m) ? "–" : percent(m.jaccard)), counts: "The Jaccard similarity to the kept article" },
    { name: "within", label: "Of it in the kept", number: true, minor: true, value: (m) => m.within, cell: (m) => (kept(m) ? "–" : percent(m.within)), counts: "The share of its shingles that the kept article has" },
    { name: "holds", label: "Of the kept in it", number: true, minor: true, value: (m) => m.holds, cell: (m) => (kept(m) ? "–" : percent(m.holds)), counts: "The share of the kept article’s shingles that it has" },
  ];
  return [
    heading("Family of near-duplicates", titleOf(family.kept), counted(many(family.members.length, "article"), "The kept article and its copies"),
      ["kept: ", bdi(family.kept.outlet.name)], counted(`weakest link ${percent(family.weakest)}`, "The least Jaccard similarity of the kept article and a copy")),
    timeline(family.members.map(({ article }) => article)),
    list({ rows: family.members, columns, sort: "published", one: "article", caption: "Members of the family" }, new URLSearchParams()),
    el("p", { class: "soft" }, "“Alike” is the Jaccard similarity of the two texts’ shingles (runs of words)."),
  ];
};
