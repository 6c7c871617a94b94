// The outlets: what is their own, and who follows whom.

/** Articles that are neither the outlet's own nor mostly copied. */
const mixed = (outlet) => outlet.articles - outlet.copied - outlet.original;

/** A link to an outlet's own page. */
const linkToOutlet = (outlet) => el("a", { href: address("outlet", outlet.name) }, bdi(cut(outlet.name, 60)));

views.outlets = (_, params) => {
  if (!model.has.outlets) return missing();
  const share = (outlet) => outlet.original / Math.max(1, outlet.articles);
  const columns = [
    {
      name: "outlet",
      label: "Outlet",
      value: (outlet) => folded(outlet.name),
      cell: linkToOutlet,
    },
    { name: "articles", label: "Articles", number: true, value: (o) => o.articles, cell: (o) => number(o.articles), counts: "Articles of the outlet, copies among them" },
    { name: "original", label: "Its own", number: true, value: share, cell: (o) => [percent(share(o)), " ", balance(o, mixed(o))], counts: "Its articles without a passage that another outlet may have published first, as a share of all" },
    { name: "copied", label: "Copied", number: true, minor: true, value: (o) => o.copied, cell: (o) => number(o.copied), counts: "Articles of which at least half of the text stands in passages whose likely source is another" },
    { name: "mixed", label: "In part", number: true, minor: true, value: mixed, cell: (o) => number(mixed(o)), counts: "Articles that are neither its own nor mostly copied" },
    { name: "lag", label: "Median lag", number: true, minor: true, value: (o) => o.lag, cell: (o) => (o.lag === null ? "–" : duration(o.lag)), counts: "How long after the source it had what it took: half of these times are shorter" },
  ];
  return [
    heading("All", "Outlets"),
    overTime(true),
    el("p", { class: "soft" }, "An article is copied where at least half of its text stands in passages whose likely source is another; it is its outlet’s own where no such passage stands in it."),
    balanceLegend(),
    list({ rows: model.outlets, columns, sort: "-articles", one: "outlet", caption: "Outlets", hint: "name", text: ({ name }) => name, told: whatElse }, params),
    el("h2", {}, "Who follows whom"),
    model.network.length ? [exported(), network(), matrix(), el("h3", {}, "Every pair"), follows()] : el("p", {}, "No passage was seen to go from one outlet to another."),
  ];
};

/** Rows that are none of the outlets on the first view: articles without one, and agencies that are only named in credits. */
const whatElse = (outlets) => {
  const agencies = outlets.filter(({ articles }) => articles === 0).length;
  const rows = [
    outlets.some(({ isKnown }) => !isKnown) && "one row for all articles of no outlet",
    agencies > 0 && many(agencies, "agency without articles here", "agencies without articles here"),
  ].filter(Boolean);
  return rows.length ? `, counting ${rows.join(" and ")}` : "";
};

/** What the colours of a bar mean. */
const balanceLegend = () => {
  const key = (part, meaning) => el("li", {}, svg("svg", { class: "balance", width: 14, height: 10, "aria-hidden": "true" }, svg("rect", { class: part, width: 14, height: 10 })), ` ${meaning}`);
  return el("ul", { class: "legend" }, key("own", "its own"), key("some", "in part"), key("all", "copied"));
};

/** The least width of a part of a bar that is not nothing: of a thousand articles one would not be seen. */
const SEEN = 3;

/** How an outlet's articles divide, as a bar; the numbers stand beside it. */
const balance = (outlet, mixed) => {
  const width = 72;
  const part = (count) => (count ? Math.max(SEEN, (count / outlet.articles) * width) : 0);
  const [some, copied] = [part(mixed), part(outlet.copied)];
  const own = outlet.original ? Math.max(SEEN, width - some - copied) : 0;
  return svg("svg", { class: "balance", width, height: 10, "aria-hidden": "true" },
    svg("rect", { class: "all", width, height: 10 }),
    svg("rect", { class: "own", width: own, height: 10 }),
    svg("rect", { class: "some", x: own, width: some, height: 10 }));
};

const follows = () => {
  const columns = [
    { name: "from", label: "Source", value: (e) => folded(e.from.name), cell: (e) => linkToOutlet(e.from) },
    { name: "to", label: "Followed by", value: (e) => folded(e.to.name), cell: (e) => linkToOutlet(e.to) },
    { name: "passages", label: "Passages", number: true, value: (e) => e.passages, cell: linkToPassages, counts: "Syndicated passages of the follower whose likely source is the other" },
    { name: "articles", label: "Articles", number: true, minor: true, value: (e) => e.articles, cell: (e) => number(e.articles), counts: COUNTS.taken },
    { name: "lag", label: "Median lag", number: true, value: (e) => e.lag, cell: (e) => (e.lag === null ? "–" : duration(e.lag)), counts: COUNTS.lag },
  ];
  return list({ rows: model.network, columns, sort: "-passages", one: "pair of outlets", more: "pairs of outlets", caption: "Who follows whom" }, new URLSearchParams());
};

/** How many passages went from one outlet to another, as a link to them. */
const linkToPassages = ({ from, to, passages }) =>
  el("a", { href: passagesBetween(from, to), "aria-label": `${many(passages, "passage")} from ${from.name} to ${to.name}` }, number(passages));

/** An outlet's own page: what others took from it, what it took, and where it was first. */
views.outlet = (name) => {
  const outlet = model.outlets.find((known) => known.name === name);
  if (!outlet || !model.has.outlets) return missing();
  const [taken, took] = [model.network.filter(({ from }) => from === outlet), model.network.filter(({ to }) => to === outlet)];
  const side = (edges, other, heading, none) => {
    const columns = [
      { name: "outlet", label: "Outlet", value: (e) => folded(e[other].name), cell: (e) => linkToOutlet(e[other]) },
      { name: "passages", label: "Passages", number: true, value: (e) => e.passages, cell: linkToPassages, counts: "Syndicated passages of the follower whose likely source is the other. The list tells why of each." },
      { name: "articles", label: "Articles", number: true, value: (e) => e.articles, cell: (e) => number(e.articles), counts: COUNTS.taken },
      { name: "lag", label: "Median lag", number: true, value: (e) => e.lag, cell: (e) => (e.lag === null ? "–" : duration(e.lag)), counts: COUNTS.lag },
    ];
    return [el("h2", {}, heading), edges.length
      ? list({ rows: edges, columns, sort: "-passages", one: "outlet", caption: heading }, new URLSearchParams())
      : el("p", {}, none)];
  };
  const first = model.stories.filter(({ earliest, outlets }) => outlets.length > 1 && earliest?.certainty === "certain" && earliest.article.outlet === outlet);
  const within = model.stories.filter(({ outlets }) => outlets.length > 1 && outlets.includes(outlet)).length;
  return [
    heading("Outlet", outlet.name,
      el("a", { href: address("articles", undefined, { outlet: outlet.place }), title: "Articles of the outlet, copies among them" }, many(outlet.articles, "article")),
      counted(`${number(outlet.original)} its own`, "Articles without a passage that another outlet may have published first"),
      counted(`${number(outlet.copied)} mostly copied`, "Articles of which at least half of the text stands in passages whose likely source is another"),
      counted(`${number(mixed(outlet))} in part`, "All other articles"),
      outlet.lag === null ? null : counted(`median lag ${duration(outlet.lag)}`, "How long after the source it had what it took")),
    el("p", { class: "soft" }, "Who took from whom goes by the likely source: a credit line names it, or it was the earliest, or its text is the longest. The last leaves open who was first."),
    side(taken, "to", "Taken from it", "No outlet is known to have followed it with a passage."),
    side(took, "from", "Taken by it", "It is not known to have followed another outlet with a passage."),
    model.has.stories ? [
      el("h2", {}, "First to report"),
      el("p", { class: "soft" }, `Of ${many(within, "story", "stories")} that it shares with other outlets it was certainly the first in ${number(first.length)}.`),
      first.length ? storyTable(first, "Stories that it reported first") : null,
    ] : null,
  ];
};

/** Networks of more edges are a tangle: the table has them. */
const DRAWN_EDGES = 200;
/** More names around a circle run into each other. */
const NAMED_OUTLETS = 72;
/** Rows and columns of the matrix, at the most and at the least. */
const MATRIX_OUTLETS = 20;
const MATRIX_LEAST = 3;
/** What its first column and each other one take, in pixels. */
const MATRIX_NAMES = 128;
const MATRIX_CELL = 46;

const followTold = ({ from, to, passages, lag }) =>
  `${to.name} followed ${from.name}: ${many(passages, "passage")}${lag === null ? "" : `, median lag ${duration(lag)}`}`;

/** The outlets of the network, those with the most passages first. */
const connected = () => {
  const weight = new Map();
  for (const { from, to, passages } of model.network) {
    for (const outlet of [from, to]) weight.set(outlet, (weight.get(outlet) ?? 0) + passages);
  }
  return [...weight.keys()].sort((a, b) => weight.get(b) - weight.get(a) || a.place - b.place);
};

/** The pairs of outlets as a file. */
const exported = () => {
  const field = (value) => (/[",\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  const press = () => {
    const rows = [["from", "to", "passages", "articles", "median_lag_hours"],
      ...model.network.map(({ from, to, passages, articles, lag }) => [from.name, to.name, passages, articles, lag])];
    save(rows.map((row) => `${row.map(field).join(",")}\r\n`).join(""), "text/csv", "network.csv");
  };
  return el("p", { class: "on-page" }, el("button", { type: "button", click: press }, "Save as CSV"), " ",
    el("span", { class: "soft" }, "For Gephi and other programs, network.gexf lies beside this page."));
};

/** Outlets on a circle, an arrow from who was first to who followed. */
const network = () => {
  if (model.network.length > DRAWN_EDGES) {
    return el("p", {}, `${many(model.network.length, "pair of outlets", "pairs of outlets")}: too many to draw, all are in the table below.`);
  }
  const frame = el("figure", { class: "network" });
  const caption = el("figcaption", { class: "soft" },
    "An arrow goes from the likely source of a passage to the outlet that followed; the more passages, the wider. ",
    el("span", { class: "on-page" }, "Point at an outlet to see its own arrows."));
  const redraw = () => {
    const width = Math.min(Math.floor(frame.clientWidth), 860);
    if (width > 0) frame.replaceChildren(circle(connected(), width), caption);
  };
  new ResizeObserver(redraw).observe(frame);
  return frame;
};

const circle = (outlets, width) => {
  const named = outlets.length <= NAMED_OUTLETS;
  const margin = named ? Math.min(190, width * 0.28) : 20;
  const letters = Math.floor((margin - 16) / 7);
  const radius = width / 2 - margin;
  const middle = width / 2;
  const turn = new Map(outlets.map((outlet, place) => [outlet, (place / outlets.length) * 2 * Math.PI - Math.PI / 2]));
  const at = (outlet, far = radius) => [middle + Math.cos(turn.get(outlet)) * far, middle + Math.sin(turn.get(outlet)) * far];
  const name = `${many(outlets.length, "outlet")}, ${many(model.network.length, "arrow")}; the table has the same`;
  const drawing = svg("svg", { width, height: width, viewBox: `0 0 ${width} ${width}`, role: "group", "aria-label": name });
  drawing.append(svg("defs", {}, ["", "-near"].map((kind) =>
    svg("marker", { id: `arrow${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" },
      svg("path", { class: `arrow${kind}`, d: "M0,0 L8,4 L0,8 Z" })))));
  const most = Math.max(...model.network.map(({ passages }) => passages));
  const arrows = model.network.map((edge) => {
    const [[x1, y1], [x2, y2]] = [at(edge.from, radius - 5), at(edge.to, radius - 7)];
    // Bent to the middle, and to one side, so that there and back are two lines.
    const [bx, by] = [(x1 + x2) / 2 + (y2 - y1) * 0.08, (y1 + y2) / 2 - (x2 - x1) * 0.08];
    const bend = [bx + (middle - bx) * 0.35, by + (middle - by) * 0.35];
    const path = svg("path", { class: "edge", d: `M${x1},${y1} Q${bend[0]},${bend[1]} ${x2},${y2}`,
      "stroke-width": 1 + 3 * Math.sqrt(edge.passages / most), "marker-end": "url(#arrow)" }, svg("title", {}, followTold(edge)));
    drawing.append(svg("a", { href: passagesBetween(edge.from, edge.to), tabindex: -1 }, path));
    return { edge, path };
  });
  for (const outlet of outlets) {
    const point = (near) => () => {
      for (const { edge, path } of arrows) {
        const its = near && (edge.from === outlet || edge.to === outlet);
        path.classList.toggle("near", its);
        path.setAttribute("marker-end", its ? "url(#arrow-near)" : "url(#arrow)");
      }
    };
    const [x, y] = at(outlet);
    const degrees = (turn.get(outlet) * 180) / Math.PI;
    const back = degrees > 90;
    const [lead, follows] = [model.network.filter(({ from }) => from === outlet).length, model.network.filter(({ to }) => to === outlet).length];
    const told = `${outlet.name}: followed by ${number(lead)}, follows ${number(follows)}`;
    const text = named
      ? svg("text", { x: back ? -11 : 11, y: 4, "text-anchor": back ? "end" : "start", transform: `translate(${x} ${y}) rotate(${back ? degrees + 180 : degrees})` }, cut(outlet.name, letters))
      : null;
    drawing.append(svg("a", { href: address("outlet", outlet.name), "aria-label": named ? null : told,
      mouseenter: point(true), mouseleave: point(false), focus: point(true), blur: point(false) },
      svg("circle", { cx: x, cy: y, r: 5 }, svg("title", {}, told)), text));
  }
  return drawing;
};

/** Rows were first, columns followed; as many of both as the page is wide for. */
const matrix = () => {
  const frame = el("div", {});
  let shown;
  const redraw = () => {
    const fitting = Math.floor((frame.clientWidth - MATRIX_NAMES) / MATRIX_CELL);
    const count = Math.min(MATRIX_OUTLETS, Math.max(MATRIX_LEAST, fitting));
    if (frame.clientWidth > 0 && count !== shown) frame.replaceChildren(...matrixOf(connected(), (shown = count)));
  };
  new ResizeObserver(redraw).observe(frame);
  return [el("h3", {}, "Matrix"), frame];
};

const matrixOf = (all, count) => {
  const outlets = all.slice(0, count);
  const letters = count < Math.min(all.length, MATRIX_OUTLETS) ? 14 : 26;
  const edges = new Map(model.network.map((edge) => [edge.from.place * model.outlets.length + edge.to.place, edge]));
  const edgeOf = (from, to) => edges.get(from.place * model.outlets.length + to.place);
  const most = Math.max(...model.network.map(({ passages }) => passages));
  const cell = (from, to) => {
    if (from === to) return el("td", { class: "self" }, "");
    const edge = edgeOf(from, to);
    if (!edge) return el("td", {}, el("span", { class: "point" }, "·"));
    return el("td", { class: `shade-${shadeOf(edge.passages, most)}`, title: followTold(edge) }, linkToPassages(edge));
  };
  return [
    el("p", { class: "soft" }, "Passages of an outlet (column) whose likely source is another (row).",
      all.length > outlets.length ? ` The ${outlets.length} outlets with the most of ${number(all.length)}; the table below has all.` : ""),
    shadeLegend("taken", most, "passages"),
    el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Matrix of who follows whom" },
      el("table", { class: "matrix" }, el("caption", { class: "unseen" }, "Who follows whom, in passages"),
        el("thead", {}, el("tr", {}, el("td", {}, "source ↓", el("br", {}), "follower →"), outlets.map((to) => el("th", { scope: "col" }, el("span", {}, bdi(cut(to.name, 22))))))),
        el("tbody", {}, outlets.map((from) => el("tr", {}, el("th", { scope: "row" }, bdi(cut(from.name, letters))), outlets.map((to) => cell(from, to))))))),
  ];
};
