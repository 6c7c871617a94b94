// How many articles each outlet published when: a heat map, an outlet a row.

const HEAT_ROWS = 20;
const HEAT_ROW = 22;
const MOST_CELLS = 90;
/** This share of the dates at either end may stand alone, decades away: most such dates are mistakes. */
const STRAY = 0.005;

/** As the reader wants it, folded up or not, and drawn when it is open; nothing where all is of one day. */
const overTime = (isOpen) => {
  const dated = model.articles.filter(({ published }) => published !== null);
  const times = dated.map(({ published }) => published).sort((a, b) => a - b);
  const stray = Math.floor(times.length * STRAY);
  const [first, last] = [times[stray], times[times.length - 1 - stray]];
  if (dated.length < 2 || last - first < DAY) return null;
  const inside = dated.filter(({ published }) => published >= first && published <= last);
  const frame = el("figure", { class: "overtime" });
  const redraw = () => {
    const width = Math.floor(frame.clientWidth);
    if (width > 0) frame.replaceChildren(...heatMap(inside, first, last, width), el("figcaption", { class: "soft" }, note));
  };
  const without = model.articles.length - dated.length;
  const note = [
    `${many(inside.length, "article")} by outlet.`,
    dated.length > inside.length ? `${number(dated.length - inside.length)} far earlier or later are left out.` : "",
    without ? `${number(without)} have no date.` : "",
  ].filter(Boolean).join(" ");
  new ResizeObserver(redraw).observe(frame);
  return el("details", { open: isOpen }, el("summary", {}, "Articles over time"), frame);
};

/** The map, and what its shades mean. */
const heatMap = (articles, first, last, width) => {
  const counts = new Map();
  for (const { outlet } of articles) counts.set(outlet, (counts.get(outlet) ?? 0) + 1);
  const outlets = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a.place - b.place);
  const largest = outlets.slice(0, HEAT_ROWS);
  const wide = width >= WIDE;
  const [left, right] = [wide ? 210 : 4, 8];
  const step = STEPS.find((step) => step >= DAY && (last - first) / step < Math.min(MOST_CELLS, width / 5)) ?? (last - first) / MOST_CELLS;
  const begin = Math.floor(first / step);
  const cells = Math.floor(last / step) - begin + 1;
  const cell = (width - left - right) / cells;
  const line = wide ? HEAT_ROW : HEAT_ROW + 16;
  const rows = largest.map((outlet) => ({ outlet, name: outlet.name, each: new Uint32Array(cells) }));
  if (outlets.length > HEAT_ROWS) rows.push({ name: many(outlets.length - HEAT_ROWS, "other outlet"), each: new Uint32Array(cells) });
  const rowOf = new Map(rows.map((row) => [row.outlet, row]));
  for (const { outlet, published } of articles) {
    (rowOf.get(outlet) ?? rows.at(-1)).each[Math.floor(published / step) - begin] += 1;
  }
  // All others together are no outlet: the largest of those that have a row of their own is the darkest.
  const most = Math.max(...rows.filter(({ outlet }) => outlet).map(({ each }) => Math.max(...each)));
  const height = rows.length * line + 30;
  const told = `Articles over time: ${rows.map(({ name, each }) => `${cut(name, 40)} ${number(each.reduce((sum, count) => sum + count, 0))}`).join(", ")}`;
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": told });
  rows.forEach(({ name, each }, place) => {
    const top = place * line + (line - HEAT_ROW);
    const base = top + HEAT_ROW;
    drawing.append(
      svg("text", wide ? { x: left - 12, y: base - 7, "text-anchor": "end" } : { x: left, y: top - 2 }, cut(name, wide ? 26 : 40)),
      svg("line", { class: "rule", x1: left, x2: width - right, y1: base, y2: base }));
    each.forEach((count, at) => {
      if (count === 0) return;
      drawing.append(svg("rect", { class: `shade-${shadeOf(count, most)}`, x: left + at * cell, y: top + 1, width: Math.max(1, cell - 1), height: HEAT_ROW - 2 },
        svg("title", {}, `${cut(name, 40)}, from ${when((begin + at) * step, true)}: ${many(count, "article")}`)));
    });
  });
  for (const { at, name } of ticks(first, last, width - left - right, true)) {
    drawing.append(tick(left + (at / step - begin) * cell, height - 8, name, width));
  }
  return [shadeLegend("heat", most, `articles ${perStep(step)}`), drawing];
};

const perStep = (step) => (step === DAY ? "a day" : `in ${duration(step / 3600)}`);

/** Shades of numbers whose largest is `most`: the logarithm decides. */
const SHADES = 4;
const shadeOf = (count, most) => Math.min(SHADES, Math.max(1, Math.ceil((Math.log1p(count) / Math.log1p(most)) * SHADES - 1e-9)));

/** What each shade stands for. */
const shadeLegend = (kind, most, what) => {
  const last = (shade) => Math.floor(Math.expm1((shade / SHADES) * Math.log1p(most)) + 1e-9);
  const keys = [];
  for (let shade = 1; shade <= SHADES; shade++) {
    const [from, to] = [shade === 1 ? 1 : last(shade - 1) + 1, last(shade)];
    if (from > to) continue;
    const range = shade === SHADES ? `${number(from)} or more` : from === to ? number(to) : `${number(from)}–${number(to)}`;
    keys.push(el("li", {}, svg("svg", { class: "balance", width: 14, height: 10, "aria-hidden": "true" },
      svg("rect", { class: `${kind} shade-${shade}`, width: 14, height: 10 })), ` ${range}`));
  }
  return el("ul", { class: "legend" }, keys, el("li", {}, what));
};
