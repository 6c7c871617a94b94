// Writes articles, as JSON Lines, that attack whoever shows them. All of it is made up.
//
//     node hostile.js > hostile.jsonl

const attacks = [
  "<script>globalThis.ran = 'element'</script>",
  "</script><script>globalThis.ran = 'break-out'</script>",
  "<img src=x onerror=\"globalThis.ran = 'handler'\">",
  "\"><svg onload=globalThis.ran='attribute'>",
  "<style>body { display: none }</style><link rel=stylesheet href=https://attack.example/a.css>",
  "<iframe srcdoc=\"<script>parent.ran = 'frame'</script>\"></iframe><base href=https://attack.example/>",
  "{{policy}} ${globalThis.ran = 'template'} <!-- <script>",
  "\u202Edesrever si siht\u202C \u2066isolated\u2069 \u200B\u0000\u0007\u001B[31m",
];

/** A text long enough to be found in several outlets. */
const shared =
  "The old ferry across the northern strait will stop sailing at the end of the month, its owners " +
  "told the island council on Tuesday. Forty people work on board and another twelve in the two " +
  "harbours. The council has asked for a year of grace and offered to pay for a new engine, but the " +
  "owners say that the hull would not pass the next inspection.";

const article = (id, outlet, hour, title, text, url = "https://outlet.example/a?b=<c>&d='e'") => ({
  id,
  outlet,
  url,
  published: hour === null ? null : `2024-05-01T${String(hour).padStart(2, "0")}:00:00Z`,
  title,
  text,
  author: title,
});

const articles = attacks.map((attack, place) =>
  article(`../../${attack}`, attack, place + 1, attack, `${attack}\n\n${shared}\n\n${attack} ${place}`,
    `javascript:globalThis.ran='link ${place}'`));

articles.push(
  article("copy", "Plain Post", 12, "Ferry to stop", `${shared} That is all there is to say.`),
  article("another copy", "Second Post", 13, "Ferry to stop", `${shared} That is all there is to say.`),
  article("__proto__", "constructor", 14, "__proto__", `${shared} Inherited from nobody.`),
  article("long", "toString", 15, "long ".repeat(200_000), `A title of a megabyte. ${shared}`),
  article("wide", "W".repeat(3_000), 16, "W".repeat(3_000), `${"W".repeat(30_000)} ${shared}`),
  article("arabic", "صحيفة الميناء", 17, "العبّارة القديمة تتوقف", `ستتوقف العبّارة القديمة (Ferry 12) عن الإبحار.\n\n${shared}`),
  article("chinese", "港口日报", 18, "渡轮月底停航", `渡轮将于月底停航。😀 ${shared}`),
  article("undated & untitled", "", null, "", `No date, no title, no outlet. ${shared}`),
  article("a=b&c#d%25", "Plain Post", 19, "An id that looks like an address", `Alone. ${attacks[0]}`),
);

// Two long texts with commas in their ids: a paragraph is new, one is gone, one has other words, one moved.
const words = "harbour council ferry engine winter market bridge valley owners island price vote mayor storm repair school night crew budget letter".split(" ");
let state = 7;
const paragraphs = Array.from({ length: 30 }, () =>
  Array.from({ length: 40 }, () => words[(state = (state * 16807) % 2147483647) % words.length]).join(" "));
const mended = paragraphs.map((text, place) => (place === 9 ? text.split(" ").with(20, "changed").join(" ") : text));
const rearranged = ["Nothing of this paragraph stands in the other text.", ...mended.filter((_, place) => place !== 4 && place !== 19), mended[19]];
// What parts and joins words: tags that were left in, marks of no width, apostrophes, capitals within, scripts without spaces.
const kinds = `The harbour <b>master</b> said <i class="x y">nothing</i> of the co\u00adast guard\u200bs rowers\u2019 pay, nor did the cap\u02bctain d\u2019Arc ` +
  "of WithinNATO, whose boat ran aground at 07:45 with 1,200 crates of \u0e1b\u0e25\u0e32\u0e41\u0e25\u0e30\u0e01\u0e38\u0e49\u0e07, \u1019\u103c\u1014\u103a\u1019\u102c\u1005\u102c and \u30b9\u30fc\u30d1\u30fc on board before anybody had seen the lights of the pier.";
articles.push(
  article("long, first", "North Gazette", 20, "A long report", paragraphs.join("\n\n")),
  article("long, second", "South Gazette", 21, "A long report, again", rearranged.join("\n\n")),
  article("words, first", "North Gazette", 18, "Words of all kinds", `The first has a sentence of its own. ${kinds}`),
  article("words, second", "South Gazette", 19, "Words of all kinds, again", `${kinds} And here is what the second adds to it.`),
  { ...article("days later", "North Gazette", 9, "Alone", "Nothing else was reported on that day."), published: "2024-05-11T09:00:00Z" },
);

process.stdout.on("error", () => {});
for (const each of articles) process.stdout.write(`${JSON.stringify(each)}\n`);
process.stdout.write('{"id": "broken", "title": "<script>globalThis.ran = \'reject\'</script>"\n');
