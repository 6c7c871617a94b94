// Elements, and how numbers, shares and times read. Text enters the page through here, as text.

/** An element. Strings among the children become text, never markup. */
const el = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  return fill(node, attributes, children);
};

/** An element of a drawing. */
const svg = (tag, attributes, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  return fill(node, attributes, children);
};

const fill = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  const present = (child) => child !== undefined && child !== null && child !== false;
  node.append(...children.flat(Infinity).filter(present));
  return node;
};

/** Text of unknown writing direction, kept from turning what stands around it. */
const bdi = (text, attributes) => el("bdi", attributes, text);

/** A link out of this page, to a web address only. */
const outside = (url, text) => {
  let host;
  try {
    const { protocol, hostname } = new URL(url);
    if (protocol !== "https:" && protocol !== "http:") return null;
    host = hostname;
  } catch {
    return null;
  }
  return el("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, text ?? `${host} ↗`);
};

const numbers = new Intl.NumberFormat("en");
const number = (value) => numbers.format(value);

/** A number and what it counts. */
const many = (count, one, more = `${one}s`) => `${number(count)} ${count === 1 ? one : more}`;

/** A share. Only all of it is 100 %, and only nothing is 0 %. */
const percent = (share) => {
  const whole = Math.round(share * 100);
  if (whole === 100 && share < 1) return ">99%";
  if (whole === 0 && share > 0) return "<1%";
  return `${whole}%`;
};

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const minute = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

/** When something was published; the day alone where no more is known. */
const when = (seconds, dayOnly) => {
  if (seconds === null || seconds === undefined) return "no date";
  return (dayOnly ? day : minute).format(new Date(seconds * 1000));
};

/** A length of time in its two largest units; whole days as such. */
const duration = (hours) => {
  const minutes = Math.round(Math.abs(hours) * 60);
  if (minutes > 0 && minutes % 1440 === 0) return many(minutes / 1440, "day");
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) {
    const rest = minutes % 60;
    return `${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ""}`;
  }
  const days = Math.floor(minutes / 1440);
  const rest = Math.floor((minutes % 1440) / 60);
  if (days > 59) return `${number(days)} days`;
  return `${days} d${rest ? ` ${rest} h` : ""}`;
};

/** The start of a text, ending with a word. */
const cut = (text, length) => {
  if (text.length <= length) return text;
  const head = text.slice(0, length);
  const space = head.lastIndexOf(" ");
  return `${(space > length / 2 ? head.slice(0, space) : head).trimEnd()}…`;
};

/** A number with a word on what it counts, shown by pointing at it. */
const counted = (text, what) => el("span", { title: what, class: "counted" }, text);

/** A heading's small line above it, the heading, and what stands below. */
const heading = (above, text, ...below) => [
  el("p", { class: "above" }, above),
  el("h1", { dir: "auto", tabindex: "-1" }, text),
  below.length ? el("p", { class: "facts" }, ...spaced(below)) : null,
];

/** Facts in a row, with points between them. */
const spaced = (facts) => {
  const some = (fact) => fact !== null && fact !== undefined && fact !== "";
  const present = facts.filter(some).map((fact) => (Array.isArray(fact) ? el("span", {}, fact) : fact));
  return present.flatMap((fact, place) => (place ? [el("span", { class: "point" }, " · "), fact] : [fact]));
};
