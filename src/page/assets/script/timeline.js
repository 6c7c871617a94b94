// Who told a story when: time from left to right, an outlet a line, copies joined to the one that is kept.

const LINE = 30;
const MOST_LINES = 40;
/** Wide enough for the names beside the lines, else they stand above them. */
const WIDE = 640;

/** The drawing, which follows the width it is given; nothing where no two articles have a date. */
const timeline = (articles) => {
  const dated = articles.filter((article) => article.published !== null).sort(byPublication);
  const [first, last] = range(dated);
  if (dated.length < 2 || first === last) return null;
  const frame = el("figure", { class: "timeline" });
  const outlets = new Set(dated.map(({ outlet }) => outlet)).size;
  const leftOut = [
    dated.length < articles.length && `${many(articles.length - dated.length, "article")} without a date`,
    outlets > MOST_LINES && many(outlets - MOST_LINES, "outlet"),
  ].filter(Boolean);
  const caption = el("figcaption", {},
    el("span", { class: "key own" }, model.has.passages ? "● own or partly shared text" : "● no copy"), " ",
    model.has.passages ? [el("span", { class: "key" }, "○ mostly shared text"), " "] : "",
    el("span", { class: "key" }, "◇ copy, joined to the one that is kept"),
    leftOut.length ? [" ", el("span", { class: "key" }, `Not drawn: ${leftOut.join(", ")}`)] : "");
  const redraw = () => {
    const width = Math.floor(frame.clientWidth);
    if (width > 0) frame.replaceChildren(drawn(dated, first, last, width), caption);
  };
  new ResizeObserver(redraw).observe(frame);
  return frame;
};

const drawn = (dated, first, last, width) => {
  const outlets = [...new Set(dated.map((article) => article.outlet))];
  const lines = outlets.slice(0, MOST_LINES);
  const wide = width >= WIDE;
  const left = wide ? 190 : 14;
  const right = 22;
  const line = wide ? LINE : LINE + 14;
  const height = lines.length * line + 34;
  const x = (at) => left + ((at - first) / (last - first)) * (width - left - right);
  const y = (outlet) => lines.indexOf(outlet) * line + (wide ? LINE / 2 : LINE);
  const shown = dated.filter((article) => lines.includes(article.outlet));
  const name = `${many(dated.length, "article")} of ${many(outlets.length, "outlet")} over time`;
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": name });
  lines.forEach((outlet) => {
    const at = y(outlet);
    drawing.append(svg("line", { class: "rule", x1: left, x2: width - right, y1: at, y2: at }));
  });
  for (const { at, name: told } of ticks(first, last, width - left - right, dated.every(({ dayOnly }) => dayOnly))) {
    drawing.append(
      svg("line", { class: "rule", x1: x(at), x2: x(at), y1: height - 30, y2: height - 24 }),
      tick(x(at), height - 8, told, width),
    );
  }
  for (const article of shown) {
    const kept = article.copyOf && article.family.kept;
    if (!kept || kept.published === null || !shown.includes(kept)) continue;
    const [x1, y1, x2, y2] = [x(kept.published), y(kept.outlet), x(article.published), y(article.outlet)];
    drawing.append(svg("path", { class: "join", d: `M${x1},${y1} C${x1},${(y1 + y2) / 2} ${x2},${(y1 + y2) / 2} ${x2},${y2}` }));
  }
  for (const outlet of lines) {
    const place = wide
      ? { x: left - 16, y: y(outlet) + 4, "text-anchor": "end" }
      : { x: 4, y: y(outlet) - 13, "text-anchor": "start" };
    drawing.append(svg("text", place, cut(outlet.name, wide ? 22 : 40)));
  }
  for (const article of shown) {
    const [cx, cy] = [x(article.published), y(article.outlet)];
    const shape = article.copyOf
      ? svg("path", { class: "copy", d: `M${cx - 6},${cy} l6,-6 l6,6 l-6,6 z` })
      : svg("circle", { class: article.copied >= MOSTLY ? "mostly" : "own", cx, cy, r: 5.5 });
    const told = `${article.outlet.name}, ${when(article.published, article.dayOnly)}: ${titleOf(article)}`;
    drawing.append(svg("a", { href: address("article", article.id), "aria-label": told }, svg("title", {}, told), shape));
  }
  if (outlets.length > MOST_LINES) {
    drawing.append(svg("text", { class: "tick", x: 4, y: height - 22 }, `and ${outlets.length - MOST_LINES} more outlets`));
  }
  return drawing;
};

const HOUR = 3600;
const DAY = 24 * HOUR;
const STEPS = [HOUR / 4, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 91 * DAY, 365 * DAY];

/** Room for a moment in words, and some between two of them. */
const TICK = 130;
/** A letter of such words takes no more of it. */
const LETTER = 7;

/** What stands below an axis: under its place, and moved from there no further than it takes to be seen whole. */
const tick = (x, y, told, width) => {
  const half = (told.length * LETTER) / 2;
  return svg("text", { class: "tick", x: Math.max(half, Math.min(x, width - half)), y, "text-anchor": "middle" }, told);
};

/** Both ends, and round moments between them where there is room on so many pixels; whole days where no hours are known. */
const ticks = (first, last, room, days) => {
  const most = Math.floor(room / TICK);
  const fits = (step) => (last - first) / step < Math.max(2, most) && (!days || step >= DAY);
  const step = STEPS.find(fits) ?? Math.ceil((last - first) / Math.max(1, most - 1) / DAY) * DAY;
  const parts = { timeZone: "UTC", day: "numeric", month: "short" };
  if (step < DAY) Object.assign(parts, { hour: "2-digit", minute: "2-digit" });
  if (last - first > 300 * DAY) Object.assign(parts, { year: "numeric" });
  const format = new Intl.DateTimeFormat("en-GB", parts);
  const apart = ((last - first) * TICK) / room;
  const found = [first];
  for (let at = Math.ceil(first / step) * step; at <= last - apart; at += step) {
    if (at >= first + apart) found.push(at);
  }
  found.push(last);
  return found.map((at) => ({ at, name: format.format(new Date(at * 1000)) }));
};
