// The stories: all of them, and one.

let cards;

views.stories = (_, params) => {
  const intro = [
    el("h1", { tabindex: "-1" }, "What these articles have in common"),
    cards.cloneNode(true),
    overTime(false),
  ];
  if (!model.has.stories) {
    return [intro, el("p", {}, "This run did not group articles into stories. ", link("See the articles", "articles"), ".")];
  }
  const span = (story) => (story.first === null ? null : (story.last - story.first) / 3600);
  const columns = [
    {
      name: "headline",
      label: "Story",
      value: (story) => folded(story.headline),
      cell: (story) => [linkTo.story(story), el("small", {}, outletNames(story.outlets, 4))],
    },
    { name: "articles", label: "Articles", number: true, value: (s) => s.members.length, cell: (s) => number(s.members.length), counts: COUNTS.inStory },
    { name: "outlets", label: "Outlets", number: true, value: (s) => s.known, cell: (s) => number(s.known), counts: COUNTS.outlets },
    { name: "copies", label: "Copies", number: true, minor: true, value: (s) => s.copies, cell: (s) => number(s.copies), counts: "Articles of it for which a near-duplicate is kept" },
    { name: "first", label: "First seen", minor: true, number: true, value: (s) => s.first, cell: (s) => when(s.first, true), counts: COUNTS.day },
    { name: "span", label: "Over", minor: true, number: true, value: span, cell: (s) => (s.first === null || s.first === s.last ? "–" : duration(span(s))), counts: "The time from its earliest article to its latest" },
  ];
  // The data names no story of one article, unless it continues another.
  const least = ["3", "5", "10", "20"];
  const filters = [
    {
      name: "least",
      label: "Articles",
      otherwise: "2",
      options: [["2", "2 or more"], ...least.map((size) => [size, `${size} or more`]), ["", "1 or more, where in a storyline"]],
      test: (story, size) => story.members.length >= Number(size),
    },
    outletFilter((story, place) => story.outlets.some((outlet) => outlet.place === place)),
    ...dayFilters(),
  ];
  return [
    intro,
    el("h2", {}, "Stories"),
    el("p", { class: "soft" }, counted(`${many(model.counts.stories, "story", "stories")} of two articles or more`, "Rows of the table stories with two articles or more"), ". ",
      model.counts.single_stories
        ? [link(many(model.counts.single_stories, "article"), "articles", undefined, { story: "alone" }),
          model.counts.single_stories === 1 ? " is alone in its story." : " are alone in their stories."]
        : null),
    list({
      rows: model.stories,
      columns,
      filters,
      sort: "-articles",
      one: "story",
      more: "stories",
      caption: "Stories",
      hint: "headline, term or outlet",
      text: (story) => [story.headline, ...story.terms, ...story.outlets.map(({ name }) => name)].join("\n"),
    }, params),
  ];
};

/** Stories that were told between two days, both of them among these; offered where there are days. */
const dayFilters = () => {
  const [first, last] = range(model.stories.flatMap((story) => [story.first, story.last]).map((published) => ({ published })));
  if (first === null) return [];
  const iso = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);
  const begin = (text) => Date.parse(`${text}T00:00:00Z`) / 1000;
  const filter = (name, label, test) => ({
    name,
    label,
    day: [iso(first), iso(last)],
    test: (story, text) => {
      const at = begin(text);
      return Number.isNaN(at) || (story.first !== null && test(story, at));
    },
  });
  return [
    filter("from", "From", (story, at) => story.last >= at),
    filter("until", "Until", (story, at) => story.first < at + DAY),
  ];
};

/** A choice of one outlet; offered where there are two or more. */
const outletFilter = (test) => ({
  name: "outlet",
  label: "Outlet",
  options: [["", "all"], ...model.outlets.filter(({ articles }) => articles !== 0).map(({ place, name }) => [String(place), cut(name, 40)])],
  test: (row, place) => test(row, Number(place)),
});

const outletNames = (outlets, most) => {
  const names = outlets.slice(0, most).map(({ name }) => bdi(cut(name, 40)));
  const rest = outlets.length - names.length;
  return [names.flatMap((name, place) => (place ? [", ", name] : [name])), rest > 0 ? ` and ${rest} more` : ""];
};

views.story = (id) => {
  const story = find("stories", id);
  if (!story) return missing();
  const members = [...story.members].sort(byPublication);
  const [first] = members;
  const mostly = members.filter(({ copied }) => copied >= MOSTLY).length;
  const above = story.storyline
    ? ["Story in the storyline ", el("a", { href: address("storyline", story.storyline.id), dir: "auto" }, cut(story.storyline.headline, 90))]
    : "Story";
  const columns = [
    {
      name: "title",
      label: "Article",
      value: (article) => folded(titleOf(article)),
      cell: (article) => [
        linkTo.article(article),
        el("small", {}, bdi(article.outlet.name), comparedWith(article, closest(article, members))),
      ],
    },
    { name: "published", label: "Published", number: true, value: (a) => a.published, cell: (a) => when(a.published, a.dayOnly), counts: COUNTS.time },
    { name: "role", label: "Role", minor: true, brief: true, value: (a) => (a.copyOf ? -a.copyOf.jaccard : -2), cell: role },
  ];
  if (story.weakest) columns.push({ name: "alike", label: "Similarity", number: true, minor: true, value: (a) => a.alike, cell: (a) => alikeness(story, a), counts: "The mean similarity of its text to the other texts of the story" });
  if (model.has.passages) {
    columns.push({ name: "copied", label: "Shared text", number: true, minor: true, value: (a) => a.copied, cell: (a) => percent(a.copied ?? 0), counts: COUNTS.shared });
  }
  return [
    heading(above, story.headline,
      counted(many(members.length, "article"), COUNTS.inStory), counted(many(story.known, "outlet"), COUNTS.outlets),
      counted(many(story.texts, "text"), "Near-duplicates count as one text"),
      model.has.passages ? counted(`${number(mostly)} mostly shared`, "Articles of which at least half of the words stand in syndicated passages") : null,
      story.first === null ? "no dates" : `${when(first.published, first.dayOnly)}`,
      story.first !== story.last ? `over ${duration((story.last - story.first) / 3600)}` : null),
    el("p", { class: "terms" }, el("span", { class: "soft" }, "Held together by "),
      story.terms.map((term) => [el("span", { class: "term", dir: "auto" }, term), " "])),
    el("ul", { class: "findings" }, [sureness(story, members), weakest(story)].filter(Boolean).map((found) => el("li", {}, found))),
    timeline(members),
    list({ rows: members, columns, sort: "published", one: "article", caption: "Articles of the story" }, new URLSearchParams()),
    story.storyline ? otherStories(story) : null,
  ];
};

/** The member of a story that shares the most text with an article; nothing where none shares any. */
const closest = (article, members) => {
  const among = new Set(members);
  const shared = new Map();
  for (const { passage, start, end } of passagesOf(article)) {
    if (passage.kind === "boilerplate" || passage.kind === "credit") continue;
    for (const place of new Set(passage.at.map(([at]) => at))) {
      const other = model.articles[place];
      if (other !== article && among.has(other)) shared.set(other, (shared.get(other) ?? 0) + end - start);
    }
  }
  const others = [...shared.keys()].sort((a, b) => shared.get(b) - shared.get(a) || byPublication(a, b));
  if (others.length) return others[0];
  return article.copyOf ? article.family.kept : null;
};

/** A link to the side-by-side view of an article and the one closest to it. */
const comparedWith = (article, other) =>
  other ? [" · ", linkToCompare(other, article, "Compare"), " with ", bdi(cut(other.outlet.name, 40))] : "";

/** How sure it is who was first, in words. */
const CERTAINTY = {
  certain: ["certain", "every other outlet has a later time."],
  tied: ["tied", "another outlet has the same time."],
  "same-day": ["open", "another outlet has the same day, and of one of the two no hour is known."],
  undated: ["open", "an article of another outlet has no date, and may be earlier."],
};

/** Who was first, and how sure that is. */
const sureness = (story, members) => {
  if (members.length < 2) return null;
  if (story.outlets.length < 2) return "One outlet tells this story.";
  if (!story.earliest) return "None of these articles has a date to say who was first.";
  const { article, certainty } = story.earliest;
  const [sure, why] = CERTAINTY[certainty];
  const next = members.find((other) => other.outlet !== article.outlet && surelyBefore(article, other));
  const ahead = certainty === "certain" && next && !article.dayOnly && !next.dayOnly
    ? `, ${duration((next.published - article.published) / 3600)} ahead of the next outlet` : "";
  return [bdi(article.outlet.name), " was first", ahead, " – ", el("b", {}, sure), `: ${why}`];
};

/** What holds the story together the least. */
const weakest = (story) =>
  story.weakest && ["Weakest member: ", linkTo.article(story.weakest.article), " (", bdi(cut(story.weakest.article.outlet.name, 40)), "), ",
    percent(story.weakest.alike), " alike to the rest; on average two members are ", percent(story.cohesion), " alike."];

/** How alike its text is to the others of the story, on average; a copy has that of the one that is kept. */
const alikeness = (story, article) =>
  article === story.weakest.article ? [el("span", { class: "tag" }, "weakest"), " ", percent(article.alike)] : percent(article.alike);

const role = (article) => {
  if (article.copyOf) return [link("Copy", "family", article.family.id), ` ${percent(article.copyOf.jaccard)} alike`];
  if (article.family) return [link("Kept", "family", article.family.id), ` in place of ${many(article.family.members.length - 1, "copy", "copies")}`];
  if (!model.has.passages) return "No copy";
  if (article.copied >= MOSTLY) return "Mostly shared text";
  if (article.copied > 0) return "Partly shared text";
  // Text of an agency that no other outlet here printed may be called nobody's own.
  return article.agencies.length ? ["Names ", bdi(article.agencies.join(", "))] : "Own text";
};

const storyTable = (stories, caption) => {
  const columns = [
    { name: "headline", label: "Story", value: (s) => folded(s.headline), cell: (s) => linkTo.story(s) },
    { name: "articles", label: "Articles", number: true, value: (s) => s.members.length, cell: (s) => number(s.members.length), counts: COUNTS.inStory },
    { name: "first", label: "First seen", number: true, value: (s) => s.first, cell: (s) => when(s.first, true), counts: COUNTS.day },
  ];
  return list({ rows: stories, columns, sort: "first", one: "story", more: "stories", caption }, new URLSearchParams());
};

const otherStories = (story) => [
  el("h2", {}, "Other stories of the storyline"),
  storyTable(story.storyline.stories.filter((other) => other !== story), "Other stories of the storyline"),
];

views.storyline = (id) => {
  const storyline = find("storylines", id);
  if (!storyline) return missing();
  return [
    heading("Storyline", storyline.headline, counted(many(storyline.stories.length, "story", "stories"), "Stories that follow one another in it")),
    el("p", { class: "soft" }, "The same topic, one event after the other."),
    storyTable(storyline.stories, "Stories of the storyline"),
  ];
};
