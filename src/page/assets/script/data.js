// Opens the data and puts names on it; `src/page` writes it.

/** The kinds of passages by name, in the order in which they are shown: { name, means }. */
let KINDS;

let model;

/** Reads what is embedded under this name; null where the page has none. */
const open = async (name) => {
  const holder = document.getElementById(name);
  const base64 = holder.textContent;
  if (!base64) return null;
  let bytes;
  if (Uint8Array.fromBase64) {
    bytes = Uint8Array.fromBase64(base64);
  } else {
    const binary = atob(base64);
    bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  }
  holder.remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
};

/** Names for what the data holds by place. */
const understand = (data) => {
  const titled = (kind) => kind[0].toUpperCase() + kind.slice(1);
  KINDS = Object.fromEntries(data.kinds.map(([kind, means]) => [kind, { name: titled(kind), means }]));
  const columns = data.articles;
  const outlets = columns.outlet_names.map((name, place) => ({ place, name: name || "no outlet", isKnown: name !== "" }));
  const articles = columns.id.map((id, place) => ({
    place,
    id,
    outlet: outlets[columns.outlet[place]],
    title: columns.title[place],
    url: columns.url[place],
    published: columns.published[place],
    dayOnly: columns.day_only[place] === 1,
    lang: columns.lang[place],
    author: columns.author?.[place],
    tokens: columns.tokens[place],
    chars: columns.chars[place],
    copied: columns.copied?.[place],
    boilerplate: columns.boilerplate?.[place],
    source: columns.source[place],
    agencies: [],
    family: null,
    story: null,
  }));
  const families = (data.families ?? []).map(([id, kept, weakest, members]) => {
    const family = { id, kept: articles[kept], weakest, members: [] };
    for (const [place, jaccard, within, holds] of members) {
      const member = { article: articles[place], jaccard, within, holds };
      family.members.push(member);
      articles[place].family = family;
      if (place !== kept) articles[place].copyOf = member;
    }
    return family;
  });
  const storylines = (data.storylines ?? []).map(([id, headline]) => ({ id, headline, stories: [] }));
  const stories = (data.stories ?? []).map(
    ([id, lead, headline, texts, cohesion, terms, line, members, first, weakest, alike]) => {
      const story = { id, lead: articles[lead], headline, texts, cohesion, terms };
      story.earliest = first && { article: articles[first[0]], certainty: first[1] };
      story.weakest = weakest && { article: articles[weakest[0]], alike: weakest[1] };
      story.members = members.map((place) => articles[place]);
      story.storyline = line ? storylines[line[1]] : null;
      story.storyline?.stories.push(story);
      story.members.forEach((article, place) => Object.assign(article, { story, alike: alike[place] ?? null }));
      story.outlets = [...new Set(story.members.map((article) => article.outlet))];
      story.known = story.outlets.filter(({ isKnown }) => isKnown).length;
      [story.first, story.last] = range(story.members);
      story.copies = story.members.length - texts;
      return story;
    },
  );
  for (const storyline of storylines) storyline.stories.sort((a, b) => byTime(a.first, b.first));
  const passages = (data.passages ?? []).map(([id, kind, tokens, first, at, credit, source, parent, way]) => ({
    id,
    kind,
    tokens,
    at,
    first: at[first],
    // Articles of unknown outlet do not count.
    outlets: new Set(at.map(([place]) => columns.outlet[place]).filter((outlet) => columns.outlet_names[outlet])).size,
    credit,
    source,
    parent: parent === null ? null : data.passages[parent][0],
    articles: new Set(at.map(([place]) => place)).size,
    // Where it comes from and who took it, as the table `network` counts.
    from: way && outlets[way[0]],
    followers: way ? way[1].map((place) => outlets[place]) : [],
  }));
  (data.outlets ?? []).forEach(([, count, copied, original, lag], place) => {
    Object.assign(outlets[place], { articles: count, copied, original, lag });
  });
  const network = (data.network ?? []).map(([from, to, count, followed, lag]) => ({
    from: outlets[from],
    to: outlets[to],
    passages: count,
    articles: followed,
    lag,
  }));
  // Which articles name an agency or share text with one that does, as the table `agencies` counts.
  const credited = new Map((data.credited ?? []).map(([agency, places]) => [agency, new Set(places)]));
  for (const [agency, places] of credited) for (const place of places) articles[place].agencies.push(agency);
  return { ...data, articles, outlets, credited, families, stories, storylines, passages, network, has: data };
};

/** Gives the articles their texts, or, where the page is without them, the passages theirs. */
const withTexts = (texts) => {
  const [things, name] = model.detail === "full" ? [model.articles, "text"] : [model.passages, "given"];
  texts.forEach((text, place) => {
    things[place][name] = text;
  });
};

/** Where each article has passages: made when first asked for. */
const passagesOf = (article) => {
  if (!model.passagesOf) {
    model.passagesOf = model.articles.map(() => []);
    for (const passage of model.passages) {
      for (const [place, start, end, identity] of passage.at) {
        model.passagesOf[place].push({ passage, start, end, identity });
      }
    }
  }
  return model.passagesOf[article.place];
};

/** From which share of its text on an article counts as shared or copied, as in the table `outlets`. */
const MOSTLY = 0.5;

/** What has this id: made when first asked for. */
const find = (what, id) => {
  model.ids ??= {};
  model.ids[what] ??= new Map(model[what].map((entry) => [entry.id, entry]));
  return model.ids[what].get(id);
};

/** A passage's text where it stood first, as far as it is embedded. */
const passageText = (passage) => {
  if (passage.given !== undefined) return passage.given;
  const [place, start, end] = passage.first;
  const { text } = model.articles[place];
  const at = places(text, [start, end]);
  return text.slice(at(start), at(end));
};

/** What an article is called where it has no title. */
const titleOf = (article) => {
  if (article.title.trim()) return article.title;
  return article.text?.trim() ? cut(article.text.trim().slice(0, 200), 90) : article.id;
};

const range = (articles) => {
  let [first, last] = [null, null];
  for (const { published } of articles) {
    if (published === null) continue;
    first = first === null ? published : Math.min(first, published);
    last = last === null ? published : Math.max(last, published);
  }
  return [first, last];
};

/** Earlier first, what has no date last. */
const byTime = (a, b) => {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a - b;
};

/** Whether `a` is known to have been published before `b`. */
const surelyBefore = (a, b) => {
  if (a.published === null || b.published === null) return false;
  const days = Math.floor(b.published / 86400) - Math.floor(a.published / 86400);
  return a.dayOnly || b.dayOnly ? days > 0 : b.published > a.published;
};

const byPublication = (a, b) => byTime(a.published, b.published) || a.place - b.place;

/**
 * Turns places counted in characters, as all of newsfold counts, into the UTF-16 units of strings
 * here. Every place asked for must be in `wanted`.
 */
const places = (text, wanted) => {
  const sorted = [...new Set(wanted)].sort((a, b) => a - b);
  const found = new Map();
  let units = 0;
  let chars = 0;
  for (const place of sorted) {
    while (chars < place && units < text.length) {
      units += text.codePointAt(units) > 0xffff ? 2 : 1;
      chars += 1;
    }
    found.set(place, units);
  }
  return (place) => found.get(place);
};
