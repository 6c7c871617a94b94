"use strict";

/** So many stories are shown at once. */
const A_PAGE = 50;
/** The fewest articles of a story, where nobody says otherwise. */
const FEWEST = "2";

const many = (count, one, more) => `${count.toLocaleString("en")} ${count === 1 ? one : more}`;
/** A moment as people read it; a day stays one. */
const moment = (at) => (at || "undated").replace("T", " ").replace(/:\d\dZ$/, "");
const to = (what, text) => element("a", text, { href: "#" + new URLSearchParams(what) });
const ofOutlet = (name) => (name ? to({ outlet: name }, name) : "");

/** The title of a view, and what it shows. */
async function list(asking) {
  const skip = Number(asking.get("skip")) || 0;
  const query = new URLSearchParams({ least: asking.get("least") || FEWEST, limit: A_PAGE, skip });
  if (asking.get("day")) query.set("day", asking.get("day"));
  if (asking.get("of")) query.set("outlet", asking.get("of"));
  const { of, stories } = await asked("/api/stories?" + query);
  const title = ["Stories", asking.get("of") && `of ${asking.get("of")}`, asking.get("day")].filter(Boolean).join(" ");
  const row = (story) => [
    to({ story: story.id }, story.headline || story.id),
    story.articles.toLocaleString("en"), story.outlets.toLocaleString("en"), moment(story.first), moment(story.last),
  ];
  const turn = (skip, text) => {
    const turned = new URLSearchParams(asking);
    turned.set("skip", skip);
    return to(turned, text);
  };
  const turns = [];
  if (skip > 0) turns.push(turn(Math.max(0, skip - A_PAGE), "Later ones"));
  if (skip + stories.length < of) turns.push(turn(skip + A_PAGE, "Earlier ones"));
  const shown = stories.length ? `, ${(skip + 1).toLocaleString("en")} to ${(skip + stories.length).toLocaleString("en")} here, the last to grow first` : "";
  return [title, [
    element("p", many(of, "story", "stories") + shown, { class: "soft" }),
    ...(stories.length ? [table(["Story", "Articles", "Outlets", "First", "Last"], stories.map(row))] : []),
    element("p", turns, { class: "turns" }),
  ]];
}

async function story(id) {
  const { story, members } = await asked("/api/stories/" + encodeURIComponent(id));
  const named = ({ id, title, url }) => (/^https?:\/\//.test(url) ? element("a", title || id, { href: url, rel: "noreferrer" }) : title || id);
  const row = (member) => [
    named(member), ofOutlet(member.outlet), moment(member.published),
    element("a", "Where did it stand before?", { href: "/#" + new URLSearchParams({ article: member.id }) }),
  ];
  return [story.headline || story.id, [
    element("p", `${many(story.articles, "article", "articles")} of ${many(story.outlets, "outlet", "outlets")}, in order of publication`, { class: "soft" }),
    table(["Article", "Outlet", "Published", "Text"], members.map(row)),
  ]];
}

async function outlet(name) {
  const told = await asked("/api/outlets/" + encodeURIComponent(name));
  const copies = (heading, all, none) => [
    element("h2", heading),
    all.length ? table(["Outlet", "Articles"], all.map((one) => [ofOutlet(one.outlet), one.articles.toLocaleString("en")])) : element("p", none),
  ];
  const range = told.first ? `, ${day(told.first)} to ${day(told.last)}` : "";
  return [told.outlet, [
    element("p", `${many(told.articles, "article", "articles")}${range}. ${many(told.stories, "story is", "stories are")} shared with other outlets; in ${told.first_in.toLocaleString("en")} its article was the first.`),
    element("p", to({ of: told.outlet }, "Its stories")),
    ...copies("Who printed its articles later", told.copied_by, "Nobody printed a copy of its articles later."),
    ...copies("Whose articles it printed later", told.copies_of, "It printed no copy of an earlier article."),
    element("p", "Whole copies are counted here, by the times of publication alone. A report of the archive tells passages, and credits of agencies.", { class: "soft" }),
  ]];
}

async function show() {
  const asking = wanted();
  byId("day").value = asking.get("day") || "";
  byId("outlet").value = asking.get("of") || "";
  byId("least").value = asking.get("least") || FEWEST;
  byId("ask").hidden = asking.has("story") || asking.has("outlet");
  trouble();
  // Somebody may have gone on before the answer is here.
  const isWanted = () => asking.toString() === wanted().toString();
  try {
    const ask = () => (asking.get("story") ? story(asking.get("story")) : asking.get("outlet") ? outlet(asking.get("outlet")) : list(asking));
    const [title, parts] = await ask();
    if (!isWanted()) return;
    byId("title").textContent = title;
    document.title = title;
    byId("answer").replaceChildren(...parts);
  } catch (error) {
    if (!isWanted()) return;
    byId("answer").replaceChildren();
    trouble(error);
  }
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const asking = new URLSearchParams();
  if (byId("day").value) asking.set("day", byId("day").value);
  if (byId("outlet").value) asking.set("of", byId("outlet").value);
  if (byId("least").value && byId("least").value !== FEWEST) asking.set("least", byId("least").value);
  location.hash = asking.toString();
});
addEventListener("hashchange", () => {
  show();
  scrollTo(0, 0);
});
show();
