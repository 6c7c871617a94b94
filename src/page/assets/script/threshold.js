// What another threshold would change: the families again, from the pairs that join them.

const BAR_HEIGHT = 160;

views.threshold = (_, params) => {
  if (!model.has.merges) return missing();
  const bars = model.similarities;
  const given = model.about.parameters.threshold;
  const lowest = typeof given === "number" ? given : bars.findIndex((pairs) => pairs > 0) / bars.length;
  const atLeast = (value) => Math.min(1, Math.max(lowest, value));
  const asked = Number.parseFloat(params.get("t"));
  let value = Number.isNaN(asked) ? lowest : atLeast(asked);
  const before = [];
  const start = joinedAt(lowest);

  const slider = el("input", { type: "range", id: "threshold", min: lowest, max: 1, step: "any", "aria-describedby": "change" });
  const told = el("output", { for: "threshold" });
  const change = el("p", { id: "change", role: "status" });
  const frame = el("figure", { class: "histogram" });
  const below = el("div");
  const undo = el("button", { type: "button", click: () => before.length && go(before.pop()) }, "Undo (u)");
  const reset = el("button", { type: "button", click: () => value !== lowest && move(lowest) }, "Reset (r)");

  const set = (to) => {
    value = to;
    slider.value = to;
    slider.setAttribute("aria-valuetext", hundredths(to));
    told.textContent = hundredths(to);
    undo.disabled = before.length === 0;
    reset.disabled = to === lowest;
    draw();
    const now = joinedAt(to);
    const difference = (count, one, more) => (count === 0 ? `as many ${more}` : `${many(Math.abs(count), one, more)} ${count < 0 ? "fewer" : "more"}`);
    change.replaceChildren(
      `At ${hundredths(to)} there are `, el("b", {}, many(now.families, "family", "families")), " and ",
      el("b", {}, many(now.copies, "copy", "copies")), " to remove",
      now.copies === start.copies ? ", as at the threshold of this run." : `: ${difference(now.families - start.families, "family", "families")}, and ${many(start.copies - now.copies, "more article")} to keep.`);
    const broken = start.groups.filter((group) => now.parts(group) > 1).map((group) => ({ group, parts: now.parts(group) }));
    below.replaceChildren(...changed(broken, now));
  };
  const go = (to) => {
    set(to);
    amend({ t: to === lowest ? "" : hundredths(to) });
  };
  const move = (to) => {
    before.push(value);
    go(to);
  };
  const draw = () => {
    const width = Math.floor(frame.clientWidth);
    if (width > 0) frame.replaceChildren(histogram(bars, value, width), el("figcaption", { class: "soft" },
      `${many(bars.reduce((sum, pairs) => sum + pairs, 0), "verified pair")} by the Jaccard similarity of their shingles. Hatched: below the threshold. Pairs below ${hundredths(lowest)} are parts of one another, which join no family.`));
  };
  new ResizeObserver(draw).observe(frame);
  slider.addEventListener("change", () => {
    const to = atLeast(Math.round(slider.valueAsNumber * 100) / 100);
    if (to !== value) move(to);
    else slider.value = to;
  });
  slider.addEventListener("input", () => {
    told.textContent = hundredths(slider.valueAsNumber);
  });
  slider.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    if (!by) return;
    event.preventDefault();
    const to = atLeast(Math.round(value * 100 + by) / 100);
    if (to !== value) move(to);
  });
  keys = { u: () => undo.click(), r: () => reset.click() };
  set(value);
  return [
    heading("Families of near-duplicates", "Another threshold", `this run: ${hundredths(lowest)}`),
    el("p", { class: "soft" }, "A higher threshold keeps apart what is less alike. Families come apart where no pair at or above it joins them. "
      + "A lower threshold needs another run: most pairs below it were not verified."),
    frame,
    el("div", { class: "tools steps" },
      el("label", { class: "slider" }, el("span", {}, "Threshold ", told), slider), undo, reset),
    change,
    start.copies > model.counts.copies
      ? el("p", { class: "soft" }, `The run itself keeps ${many(start.copies - model.counts.copies, "article")} more: it also cuts a chain of pairs whose ends are too little alike.`)
      : null,
    below,
  ];
};

const hundredths = (value) => value.toFixed(2);

/** What stays joined at a threshold: single linkage, from the pairs of a maximum spanning forest. */
const joinedAt = (threshold) => {
  const parent = Uint32Array.from(model.articles, (_, place) => place);
  const of = (place) => {
    let at = place;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  const joined = new Set();
  for (const [a, b, alike] of model.merges) {
    // The most alike come first.
    if (alike < threshold) break;
    parent[of(b)] = of(a);
    joined.add(a).add(b);
  }
  const groups = new Map();
  for (const place of [...joined].sort((a, b) => a - b)) {
    const root = of(place);
    if (!groups.has(root)) groups.set(root, []);
    groups.get(root).push(place);
  }
  return {
    groups: [...groups.values()],
    families: groups.size,
    copies: joined.size - groups.size,
    of,
    parts: (group) => new Set(group.map(of)).size,
  };
};

/** The families that come apart, and into what. */
const changed = (broken, now) => {
  if (broken.length === 0) return [el("p", { class: "soft" }, "No family changes.")];
  const leader = (places) => model.articles[places[0]].family?.kept ?? model.articles[places[0]];
  /** The sizes of the parts, the largest first. */
  const sizes = (group) => {
    const counts = new Map();
    for (const place of group) counts.set(now.of(place), (counts.get(now.of(place)) ?? 0) + 1);
    return [...counts.values()].sort((a, b) => b - a);
  };
  const title = ({ group }) => titleOf(leader(group));
  const columns = [
    {
      name: "family",
      label: "Family",
      value: (row) => folded(title(row)),
      cell: ({ group }) => {
        const kept = leader(group);
        return [
          kept.family ? el("a", { href: address("family", kept.family.id), dir: "auto" }, cut(titleOf(kept), 160)) : linkTo.article(kept),
          el("small", {}, bdi(kept.outlet.name)),
        ];
      },
    },
    { name: "articles", label: "Articles", number: true, value: ({ group }) => group.length, cell: ({ group }) => number(group.length), counts: "Articles that are joined at the threshold of this run" },
    { name: "parts", label: "Comes apart into", number: true, value: ({ parts }) => parts, cell: ({ group, parts }) => {
      const all = sizes(group);
      return `${all.slice(0, 6).join(" + ")}${parts > 6 ? " + …" : ""}`;
    }, counts: "How many articles each of its parts has at this threshold" },
  ];
  return [
    el("h2", {}, "Families that come apart"),
    list({ rows: broken, columns, sort: "-articles", one: "family", more: "families", caption: "Families that come apart" }, new URLSearchParams()),
  ];
};

/** The pairs by similarity; what the threshold leaves out is hatched. */
const histogram = (bars, threshold, width) => {
  const from = Math.max(0, bars.findIndex((pairs) => pairs > 0));
  const shown = bars.slice(from);
  const highest = Math.max(1, ...shown);
  const [left, right, top] = [8, 8, 22];
  const step = (width - left - right) / shown.length;
  const x = (similarity) => left + (similarity * bars.length - from) * step;
  const height = BAR_HEIGHT + top + 28;
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Histogram of pairs from ${hundredths(from / bars.length)} to 1` });
  drawing.append(svg("defs", {}, svg("pattern", { id: "hatched", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { class: "hatch", width: 2, height: 5 }))));
  shown.forEach((pairs, place) => {
    if (pairs === 0) return;
    const at = (from + place) / bars.length;
    // A square root, that a few pairs are still to be seen beside very many.
    const high = Math.max(2, Math.sqrt(pairs / highest) * BAR_HEIGHT);
    const out = at + 0.5 / bars.length < threshold;
    drawing.append(svg("rect", { class: out ? "out" : "in", fill: out ? "url(#hatched)" : null, x: x(at) + 0.5, y: top + BAR_HEIGHT - high, width: Math.max(1, step - 1), height: high },
      svg("title", {}, `${hundredths(at)}: ${many(pairs, "pair")}`)));
  });
  const line = x(threshold);
  drawing.append(
    svg("line", { class: "base", x1: left, x2: width - right, y1: top + BAR_HEIGHT, y2: top + BAR_HEIGHT }),
    svg("line", { class: "cut", x1: line, x2: line, y1: top - 4, y2: top + BAR_HEIGHT }),
    svg("text", { class: "cut", x: line, y: 13, "text-anchor": line > width - 60 ? "end" : line < 60 ? "start" : "middle" }, hundredths(threshold)));
  for (let tenth = Math.ceil(from / 10); tenth <= 10; tenth++) {
    const at = x(tenth / 10);
    drawing.append(svg("text", { class: "tick", x: at, y: height - 8, "text-anchor": at > width - 30 ? "end" : at < 20 ? "start" : "middle" }, (tenth / 10).toFixed(1)));
  }
  return drawing;
};
