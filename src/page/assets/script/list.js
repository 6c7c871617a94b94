// A table that can be searched, filtered, sorted and paged. Its state is in the address.

const PAGE_ROWS = 50;

/** From one row of a list to the next, where the view has no other use for these keys; Enter opens. */
const stepRow = (by) => {
  const rows = [...document.querySelectorAll(".list tbody th > a")];
  const at = rows.indexOf(document.activeElement);
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
};
const rowKeys = { j: () => stepRow(1), k: () => stepRow(-1) };

/** What the numbers of several lists and headings count. */
const COUNTS = {
  words: "Words of its text, page furniture among them",
  passageWords: "Words of it where it was published first",
  have: "Articles that have the passage",
  haveOutlets: "Outlets that have an article with the passage; articles of no outlet count for none",
  ofThis: "The share of this article’s words that stand in passages which the other has too, as newsfold compare tells; characters where this page is without the texts",
  inStory: "Articles of the story, copies among them",
  day: "The day of the earliest article, UTC",
  time: "UTC; a day alone where no more is known",
  lag: "How long after the source it had them: half of these times are shorter",
  taken: "The follower’s articles that have them",
  outlets: "Outlets that have an article of it",
  alike: "The Jaccard similarity: the shingles (runs of words) that both texts have, of all that either has",
  shingles: "The share of its shingles (runs of words) that the kept article has; the column lost of the table articles is the rest",
  furniture: "The share of its words that stand in page furniture, as the column boilerplate of the table articles",
  shared: "The share of its words that stand in syndicated passages",
};

/** Text as search compares it: without case and accents. */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Rows in the orders they were shown in: to sort 36,823 articles took longer than all else of a view. */
const orders = new WeakMap();
const collator = new Intl.Collator();

/** All rows by a column, those without a value last; of equals the first stays the first. */
const inOrder = ({ rows, columns }, sort) => {
  const down = sort.startsWith("-");
  const column = columns.find(({ name, value }) => value && name === sort.replace("-", ""));
  if (!column) return rows;
  if (!orders.has(rows)) orders.set(rows, new Map());
  const known = orders.get(rows);
  if (known.has(sort)) return known.get(sort);
  const values = rows.map(column.value);
  const missing = (value) => value === null || value === undefined;
  const places = [...rows.keys()];
  const [there, without] = [places.filter((place) => !missing(values[place])), places.filter((place) => missing(values[place]))];
  const order = typeof values[there[0]] === "string" ? collator.compare : (a, b) => a - b;
  const way = down ? -1 : 1;
  there.sort((i, j) => way * order(values[i], values[j]) || i - j);
  known.set(sort, [...there, ...without].map((place) => rows[place]));
  return known.get(sort);
};

/**
 * `of.rows`: what to list; `of.columns`: { name, label, cell, value?, number?, minor?, brief?, counts? },
 * where a column with `value` can be sorted by, and `counts` says what its numbers count; `of.text`: what search looks through; `of.filters`: { name,
 * label, options: [[value, label]] or day: [first, last], test, otherwise? }; `of.sort`: the first order, `-` for descending;
 * `of.told`: what more is to be said of the rows that are listed, and how many they are.
 */
const list = (of, params) => {
  const state = { q: params.get("q") ?? "", sort: params.get("sort") ?? of.sort };
  state.page = Math.max(1, Number.parseInt(params.get("page"), 10) || 1);
  for (const filter of of.filters ?? []) {
    state[filter.name] = params.get(filter.name) ?? filter.otherwise ?? "";
  }
  const body = el("tbody");
  const head = el("tr");
  const count = el("p", { class: "count", role: "status" });
  const pages = el("p", { class: "pages" });
  const tools = el("form", { class: "tools", role: "search", submit: (event) => event.preventDefault() });
  let texts;

  const chosen = () => {
    let rows = inOrder(of, state.sort);
    for (const filter of of.filters ?? []) {
      const value = state[filter.name];
      if (value !== "") rows = rows.filter((row) => filter.test(row, value));
    }
    const words = folded(state.q).split(/\s+/).filter(Boolean);
    if (words.length) {
      texts ??= new Map(of.rows.map((row) => [row, folded(of.text(row))]));
      rows = rows.filter((row) => words.every((word) => texts.get(row).includes(word)));
    }
    return rows;
  };

  /** How many rows there are before the reader chooses; a filter that is set from the first, and has not been lifted, is no choice of theirs. */
  const all = () => {
    const usual = (of.filters ?? []).filter(({ name, otherwise }) => otherwise && state[name] !== "");
    return usual.length ? of.rows.filter((row) => usual.every(({ test, otherwise }) => test(row, otherwise))).length : of.rows.length;
  };

  const draw = () => {
    const rows = chosen();
    const last = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
    state.page = Math.min(state.page, last);
    const from = (state.page - 1) * PAGE_ROWS;
    const shown = rows.slice(from, from + PAGE_ROWS);
    const shape = ({ number: right, minor, brief }) => [right && "number", minor && "minor", brief && "brief"].filter(Boolean).join(" ");
    body.replaceChildren(
      ...shown.map((row) =>
        el("tr", {}, of.columns.map((column, place) =>
          place === 0
            ? el("th", { scope: "row" }, column.cell(row))
            : el("td", { class: shape(column) || null, "data-label": column.label, title: column.counts }, column.cell(row)))),
      ),
    );
    head.replaceChildren(
      ...of.columns.map((column) => {
        const down = state.sort === `-${column.name}`;
        const sorted = down || state.sort === column.name;
        const press = () => {
          const first = column.number ? "-" : "";
          const again = first ? "" : "-";
          go({ sort: `${state.sort === first + column.name ? again : first}${column.name}`, page: 1 });
          head.querySelector(`[data-column="${column.name}"]`)?.focus();
        };
        const label = column.value
          ? el("button", { type: "button", click: press, "data-column": column.name },
              column.label, el("span", { "aria-hidden": "true" }, sorted ? (down ? " ↓" : " ↑") : ""))
          : column.label;
        const order = sorted ? (down ? "descending" : "ascending") : null;
        return el("th", { scope: "col", class: shape(column) || null, "aria-sort": order, title: column.counts }, label);
      }),
    );
    const outOf = rows.length < all() ? `, out of ${number(all())}` : "";
    count.hidden = !tools.children.length && last === 1;
    count.textContent = rows.length
      ? `${number(from + 1)}–${number(from + shown.length)} of ${many(rows.length, of.one, of.more)}${outOf}${of.told?.(rows) ?? ""}`
      : `Nothing fits${of.rows.length ? "; try fewer words or another filter" : ""}.`;
    const turn = (to, text) =>
      el("button", { type: "button", disabled: to < 1 || to > last, click: () => turnTo(to) }, text);
    pages.replaceChildren(
      ...(last > 1
        ? [turn(state.page - 1, "← Previous"), el("span", {}, `Page ${number(state.page)} of ${number(last)}`),
           turn(state.page + 1, "Next →")]
        : []),
    );
  };

  const turnTo = (page) => {
    go({ page });
    frame.scrollIntoView();
  };

  const go = (changes) => {
    Object.assign(state, changes);
    draw();
    const said = { q: state.q, sort: state.sort === of.sort ? "" : state.sort };
    said.page = state.page === 1 ? "" : String(state.page);
    for (const filter of of.filters ?? []) {
      said[filter.name] = state[filter.name] === (filter.otherwise ?? "") ? "" : state[filter.name];
      if (said[filter.name] === "" && filter.otherwise && state[filter.name] === "") said[filter.name] = "any";
    }
    amend(said);
  };

  if (of.text) {
    const input = (event) => go({ q: event.target.value, page: 1 });
    tools.append(
      el("label", { class: "search" }, el("span", {}, "Search"),
        el("input", { type: "search", value: state.q, placeholder: of.hint, input, autocomplete: "off" })),
    );
  }
  for (const filter of of.filters ?? []) {
    if (state[filter.name] === "any") state[filter.name] = "";
    const change = (event) => go({ [filter.name]: event.target.value, page: 1 });
    if (filter.day) {
      const [min, max] = filter.day;
      tools.append(el("label", {}, el("span", {}, filter.label), el("input", { type: "date", min, max, value: state[filter.name], change })));
      continue;
    }
    const options = filter.options.map(([value, label]) =>
      el("option", { value, selected: value === state[filter.name] }, label));
    tools.append(el("label", {}, el("span", {}, filter.label), el("select", { change }, options)));
  }
  draw();
  const sorts = el("label", { class: "sorts" }, el("span", {}, "Sorted by"),
    el("select", { change: (event) => go({ sort: event.target.value, page: 1 }) },
      of.sort === "" ? el("option", { value: "", selected: state.sort === "" }, "as listed") : null,
      of.columns.filter(({ value }) => value).flatMap(({ name, label }) => [["-", "↓"], ["", "↑"]].map(([sign, arrow]) =>
        el("option", { value: sign + name, selected: state.sort === sign + name }, `${label} ${arrow}`)))));
  if (of.rows.length > 1) tools.append(sorts);
  const frame = el("div", { class: "list" }, tools.children.length ? tools : null, count,
    el("table", {}, el("caption", { class: "unseen" }, of.caption), el("thead", {}, head), body), pages);
  return frame;
};
