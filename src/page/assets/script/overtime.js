// How many articles each outlet published when: a row of bars for each of the largest.

const ROWS = 8;
const ROW_HEIGHT = 30;
const MOST_BARS = 90;
/** This share of the dates at either end may stand alone, decades away: most such dates are mistakes. */
const STRAY = 0.005;

/** Folded up, and drawn when it is opened; nothing where all is of one day. */
const overTime = () => {
  const dated = model.articles.filter(({ published }) => published !== null);
  const times = dated.map(({ published }) => published).sort((a, b) => a - b);
  const stray = Math.floor(times.length * STRAY);
  const [first, last] = [times[stray], times[times.length - 1 - stray]];
  if (dated.length < 2 || last - first < DAY) return null;
  const inside = dated.filter(({ published }) => published >= first && published <= last);
  const frame = el("figure", { class: "overtime" });
  const redraw = () => {
    const width = Math.floor(frame.clientWidth);
    if (width > 0) frame.replaceChildren(rowsOverTime(inside, first, last, width), el("figcaption", { class: "soft" }, note));
  };
  const without = model.articles.length - dated.length;
  const note = [
    `${many(inside.length, "article")} by outlet; the heights of a row are its own.`,
    dated.length > inside.length ? `${number(dated.length - inside.length)} far earlier or later are left out.` : "",
    without ? `${number(without)} have no date.` : "",
  ].filter(Boolean).join(" ");
  new ResizeObserver(redraw).observe(frame);
  return el("details", {}, el("summary", {}, "Articles over time"), frame);
};

const rowsOverTime = (articles, first, last, width) => {
  const counts = new Map();
  for (const { outlet } of articles) counts.set(outlet, (counts.get(outlet) ?? 0) + 1);
  const outlets = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a.place - b.place);
  const largest = outlets.slice(0, ROWS);
  const wide = width >= WIDE;
  const [left, right] = [wide ? 210 : 4, 8];
  const step = STEPS.find((step) => step >= DAY && (last - first) / step < Math.min(MOST_BARS, width / 5)) ?? (last - first) / MOST_BARS;
  const begin = Math.floor(first / step);
  const bars = Math.floor(last / step) - begin + 1;
  const bar = (width - left - right) / bars;
  const line = wide ? ROW_HEIGHT : ROW_HEIGHT + 16;
  const rows = largest.map((outlet) => ({ outlet, name: outlet.name, each: new Uint32Array(bars) }));
  if (outlets.length > ROWS) rows.push({ name: many(outlets.length - ROWS, "other outlet"), each: new Uint32Array(bars) });
  const rowOf = new Map(rows.map((row) => [row.outlet, row]));
  for (const { outlet, published } of articles) {
    (rowOf.get(outlet) ?? rows.at(-1)).each[Math.floor(published / step) - begin] += 1;
  }
  const height = rows.length * line + 30;
  const told = `Articles over time: ${rows.map(({ name, each }) => `${cut(name, 40)} ${number(each.reduce((sum, count) => sum + count, 0))}`).join(", ")}`;
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": told });
  rows.forEach(({ name, each }, place) => {
    const base = (place + 1) * line;
    const most = Math.max(1, ...each);
    drawing.append(
      svg("text", wide ? { x: left - 12, y: base - 4, "text-anchor": "end" } : { x: left, y: base - ROW_HEIGHT + 2 }, cut(name, wide ? 26 : 40)),
      svg("line", { class: "rule", x1: left, x2: width - right, y1: base, y2: base }));
    each.forEach((count, at) => {
      if (count === 0) return;
      const high = Math.max(1.5, (count / most) * (ROW_HEIGHT - 8));
      drawing.append(svg("rect", { x: left + at * bar, y: base - high, width: Math.max(1, bar - 1), height: high },
        svg("title", {}, `${cut(name, 40)}, from ${when((begin + at) * step, true)}: ${many(count, "article")}`)));
    });
  });
  for (const { at, name } of ticks(first, last, width - left - right, true)) {
    drawing.append(tick(left + (at / step - begin) * bar, height - 8, name, width));
  }
  return drawing;
};
