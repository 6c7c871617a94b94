// The outlets: what is their own, and who follows whom.

views.outlets = (_, params) => {
  if (!model.has.outlets) return missing();
  const mixed = (outlet) => outlet.articles - outlet.copied - outlet.original;
  const share = (outlet) => outlet.original / Math.max(1, outlet.articles);
  const columns = [
    {
      name: "outlet",
      label: "Outlet",
      value: (outlet) => folded(outlet.name),
      cell: (outlet) => el("a", { href: address("articles", undefined, { outlet: outlet.place }) }, bdi(cut(outlet.name, 60))),
    },
    { name: "articles", label: "Articles", number: true, value: (o) => o.articles, cell: (o) => number(o.articles) },
    { name: "original", label: "Its own", number: true, value: share, cell: (o) => [percent(share(o)), " ", balance(o, mixed(o))] },
    { name: "copied", label: "Copied", number: true, minor: true, value: (o) => o.copied, cell: (o) => number(o.copied) },
    { name: "mixed", label: "In part", number: true, minor: true, value: mixed, cell: (o) => number(mixed(o)) },
    { name: "lag", label: "Median lag", number: true, minor: true, value: (o) => o.lag, cell: (o) => (o.lag === null ? "–" : duration(o.lag)) },
  ];
  return [
    heading("All", "Outlets"),
    el("p", { class: "soft" }, "An article is copied where at least half of its text stands in passages that another outlet published first; it is its outlet’s own where no such passage stands in it."),
    list({ rows: model.outlets, columns, sort: "-articles", one: "outlet", caption: "Outlets", hint: "name", text: ({ name }) => name }, params),
    el("h2", {}, "Who follows whom"),
    model.network.length ? follows() : el("p", {}, "No passage was seen to go from one outlet to another."),
  ];
};

/** How an outlet's articles divide, as a bar; the numbers stand beside it. */
const balance = (outlet, mixed) => {
  const width = 72;
  const part = (count) => (count / Math.max(1, outlet.articles)) * width;
  const [own, some] = [part(outlet.original), part(mixed)];
  return svg("svg", { class: "balance", width, height: 10, "aria-hidden": "true" },
    svg("rect", { class: "all", width, height: 10 }),
    svg("rect", { class: "own", width: own, height: 10 }),
    svg("rect", { class: "some", x: own, width: some, height: 10 }));
};

const follows = () => {
  const columns = [
    { name: "from", label: "First", value: (e) => folded(e.from.name), cell: (e) => bdi(cut(e.from.name, 60)) },
    { name: "to", label: "Followed by", value: (e) => folded(e.to.name), cell: (e) => bdi(cut(e.to.name, 60)) },
    { name: "passages", label: "Passages", number: true, value: (e) => e.passages, cell: (e) => number(e.passages) },
    { name: "articles", label: "Articles", number: true, minor: true, value: (e) => e.articles, cell: (e) => number(e.articles) },
    { name: "lag", label: "Median lag", number: true, value: (e) => e.lag, cell: (e) => duration(e.lag) },
  ];
  return list({ rows: model.network, columns, sort: "-passages", one: "pair of outlets", more: "pairs of outlets", caption: "Who follows whom" }, new URLSearchParams());
};
