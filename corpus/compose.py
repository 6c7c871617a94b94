#!/usr/bin/env python3
"""Composes newsfold's example corpus and its labels from the texts in source/.

    python3 compose.py           writes articles.jsonl and the three label files
    python3 compose.py --check   writes nothing; verifies the files on disk, exit 1 on any error

Sources (source/*.txt): one paragraph a line, paragraphs separated by a blank line, sections opened by `=== `:

    === outlet CODE | NAME | DOMAIN
    === block NAME KIND                          followed by the text that several places share
    === article ID | PUBLISHED | LANG [| STORY]  followed by the title, a blank line and the text

An article's id starts with its outlet's code. Its story is STORY, or else the name of the file it stands in.
Inside a text, double brackets bring in shared text and are remembered as its occurrence:

    [[NAME]]                     the whole block
    [[NAME 1-3,5]]               some of its paragraphs
    [[NAME | old => new | …]]    with edits; each `old` must stand exactly once in what is brought in
    [[KIND: words]]              words that need no name, such as a credit line or a caption that stands twice

Every two occurrences of the same block become a label of the block's kind, with offsets counted while assembling.
"""
import itertools
import json
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
KINDS = ("syndicated", "boilerplate", "repeated", "quotation", "credit")
SHINGLE_TOKENS = 5
FAMILY_JACCARD = 0.70
# No pair of articles may have a Jaccard between these two, so that no label hangs on a rounding.
CLEAR_BELOW, CLEAR_ABOVE = 0.60, 0.75
# An identical run this long outside the labels is a labelling error.
RUN_TOKENS = 10
QUOTATION_TOKENS = 15
EDITED_SHARE = 0.80
# Shorter credits ("(TNA)") are labelled where they stand, but not paired with each other.
PAIRED_CREDIT_TOKENS = 6

SECTION = re.compile(r"^=== ", re.MULTILINE)
INCLUDE = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
INLINE = re.compile(rf"({'|'.join(KINDS)}): (.+)", re.DOTALL)
TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass
class Block:
    """A text that stands in several places."""
    name: str
    kind: str
    paragraphs: list


@dataclass
class Occurrence:
    """One place where (some paragraphs of) a block stand: paragraph number → (start, end) in the text."""
    block: Block
    paragraphs: dict

    def shifted(self, by):
        moved = {n: (start + by, end + by) for n, (start, end) in self.paragraphs.items()}
        return Occurrence(self.block, moved)


@dataclass
class Article:
    id: str
    outlet: str
    url: str
    published: str
    title: str
    text: str
    lang: str
    story: str
    occurrences: list = field(repr=False, default_factory=list)

    def record(self):
        names = ("id", "outlet", "url", "published", "title", "text", "lang")
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def order(self):
        """Earliest first, undated last; ties by id."""
        if not self.published:
            return (datetime.max.replace(tzinfo=timezone.utc), self.id)
        moment = datetime.fromisoformat(self.published.replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc), self.id)


class Label(NamedTuple):
    """A pair of occurrences; starts and lengths in characters of the articles' texts."""
    src_id: str
    src_start: int
    src_len: int
    dst_id: str
    dst_start: int
    dst_len: int
    kind: str

    def holds(self, other):
        """True where `other` lies inside this label at both places."""
        return ((self.src_id, self.dst_id) == (other.src_id, other.dst_id)
                and 0 <= other.src_start - self.src_start <= self.src_len - other.src_len
                and 0 <= other.dst_start - self.dst_start <= self.dst_len - other.dst_len)


# ---- tokens

def tokens(text):
    """Lower-cased runs of letters and digits; an apostrophe inside a word is dropped."""
    return [token for token, _, _ in token_spans(text)]


def token_spans(text):
    """The same tokens with their place: (token, start, end)."""
    return [(re.sub("['’]", "", m.group()).lower(), m.start(), m.end()) for m in TOKEN.finditer(text)]


def shingles(text):
    words = tokens(text)
    return {tuple(words[i:i + SHINGLE_TOKENS]) for i in range(len(words) - SHINGLE_TOKENS + 1)}


def jaccard(a, b):
    return len(a & b) / len(a | b) if a or b else 0.0


# ---- sources → articles

def read_sources(folder):
    """All outlets, blocks and article sections (with the file's name) under `folder`, in file order."""
    outlets, blocks, drafts = {}, {}, []
    for path in sorted(folder.glob("*.txt")):
        for section in SECTION.split(path.read_text(encoding="utf-8"))[1:]:
            head, _, body = section.partition("\n")
            what, _, rest = head.partition(" ")
            if what == "outlet":
                code, name, domain = (part.strip() for part in rest.split("|"))
                outlets[code] = (name, domain)
            elif what == "block":
                name, kind = rest.split()
                if kind not in KINDS or name in blocks:
                    raise ValueError(f"{path.name}: block {name}: unknown kind or second definition")
                blocks[name] = Block(name, kind, body.strip().split("\n\n"))
            elif what == "article":
                drafts.append((path.stem, [part.strip() for part in rest.split("|")], body.strip()))
            else:
                raise ValueError(f"{path.name}: unknown section {head!r}")
    return outlets, blocks, drafts


def chosen(selection, count):
    """Paragraph numbers of a selection such as `1-3,5`; all of them where it is empty."""
    if not selection:
        return list(range(1, count + 1))
    numbers = []
    for part in selection.split(","):
        first, _, last = part.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return numbers


def edited(paragraphs, edits, name):
    """Applies `old => new` to the one paragraph that holds `old`."""
    for edit in edits:
        old, new = (side.strip() for side in edit.split("=>"))
        hits = [n for n, text in paragraphs.items() if old in text]
        if len(hits) != 1 or paragraphs[hits[0]].count(old) != 1:
            raise ValueError(f"[[{name}]]: {old!r} must stand exactly once")
        paragraphs[hits[0]] = paragraphs[hits[0]].replace(old, new)
    return paragraphs


def bring_in(directive, blocks):
    """The text and the occurrences that one pair of double brackets stands for."""
    inline = INLINE.fullmatch(directive)
    if inline:
        kind, words = inline.groups()
        block = blocks.setdefault(directive, Block(directive, kind, [words]))
        return words, [Occurrence(block, {1: (0, len(words))})]
    head, *edits = directive.split("|")
    name, _, selection = head.strip().partition(" ")
    block = blocks[name]
    picked = {n: block.paragraphs[n - 1] for n in chosen(selection, len(block.paragraphs))}
    text, spans, nested = "", {}, []
    for number, raw in edited(picked, edits, name).items():
        text += "\n\n" if text else ""
        rendered, inner = render(raw, blocks)
        spans[number] = (len(text), len(text) + len(rendered))
        nested += [occurrence.shifted(len(text)) for occurrence in inner]
        text += rendered
    return text, [Occurrence(block, spans)] + nested


def render(raw, blocks):
    """Replaces every double bracket of `raw`; returns the text and the occurrences in it."""
    text, occurrences, done = "", [], 0
    for match in INCLUDE.finditer(raw):
        text += raw[done:match.start()]
        included, inner = bring_in(match.group(1), blocks)
        occurrences += [occurrence.shifted(len(text)) for occurrence in inner]
        text += included
        done = match.end()
    return text + raw[done:], occurrences


def compose(folder):
    """The articles in order of publication, each with its occurrences."""
    outlets, blocks, drafts = read_sources(folder)
    articles = []
    for stem, (id_, published, lang, *story), body in drafts:
        title, _, raw = body.partition("\n\n")
        name, domain = outlets[id_.partition("-")[0]]
        text, occurrences = render(raw, blocks)
        slug = "-".join(tokens(title)[:8])
        url = f"https://www.{domain}/{published[:7].replace('-', '/') or 'news'}/{slug}"
        articles.append(Article(id_, name, url, published, title, text, lang,
                                story[0] if story else stem, occurrences))
    return sorted(articles, key=Article.order)


# ---- articles → labels

def families(articles):
    """Article id → cluster: connected components of Jaccard ≥ FAMILY_JACCARD, named after their first article."""
    cluster = {article.id: article.id for article in articles}
    for a, b, score in scored_pairs(articles):
        if score >= FAMILY_JACCARD and cluster[a.id] != cluster[b.id]:
            cluster = {id_: cluster[a.id] if c == cluster[b.id] else c for id_, c in cluster.items()}
    return cluster


def scored_pairs(articles):
    """Every pair of articles with the Jaccard of their shingles."""
    sets = [shingles(article.text) for article in articles]
    for i, j in itertools.combinations(range(len(articles)), 2):
        yield articles[i], articles[j], jaccard(sets[i], sets[j])


def common_stretches(first, second):
    """Stretches of consecutive paragraphs that two occurrences of a block share, as span pairs."""
    order_a, order_b = list(first.paragraphs), list(second.paragraphs)
    stretches, previous = [], None
    for place_a, number in enumerate(order_a):
        if number not in second.paragraphs:
            continue
        here = (place_a, order_b.index(number))
        a, b = first.paragraphs[number], second.paragraphs[number]
        if previous and here == (previous[0] + 1, previous[1] + 1):
            stretches[-1] = tuple((start, end) for (start, _), (_, end) in zip(stretches[-1], (a, b)))
        else:
            stretches.append((a, b))
        previous = here
    return stretches


def label_passages(articles):
    """One label for each pair of occurrences; each credit is also labelled alone, with src = dst."""
    places = defaultdict(list)
    for article in articles:
        for occurrence in article.occurrences:
            places[occurrence.block.name].append((article, occurrence))
    pairs, alone = [], []
    for group in places.values():
        block = group[0][1].block
        if block.kind == "credit":
            for article, occurrence in group:
                start, end = occurrence.paragraphs[1]
                alone.append(Label(article.id, start, end - start, article.id, start, end - start, "credit"))
            if len(tokens(block.paragraphs[0])) < PAIRED_CREDIT_TOKENS:
                continue
        for (a, place_a), (b, place_b) in itertools.combinations(group, 2):
            for (s, e), (t, f) in common_stretches(place_a, place_b):
                pairs.append(Label(a.id, s, e - s, b.id, t, f - t, block.kind))
    # What lies inside a larger label of the same two articles is already labelled (a quotation in wire copy).
    inner = {p for p, q in itertools.permutations(pairs, 2) if p != q and q.holds(p)}
    labels = [p for p in pairs if p not in inner] + alone
    return sorted(labels, key=lambda l: (KINDS.index(l.kind), l.src_id, l.src_start, l.dst_id, l.dst_start))


def outputs(articles, labels):
    """File name → content."""
    def lines(records):
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    def table(cluster):
        return "id,cluster\n" + "".join(f"{a.id},{cluster[a.id]}\n" for a in articles)
    return {
        "articles.jsonl": lines(article.record() for article in articles),
        "families.gold.csv": table(families(articles)),
        "stories.gold.csv": table({article.id: article.story for article in articles}),
        "passages.gold.jsonl": lines(label._asdict() for label in labels),
    }


# ---- checks

def check_files(files):
    for name, content in files.items():
        path = HERE / name
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            yield f"{name}: not what compose.py writes"


def check_articles(articles):
    for value, count in Counter(value for article in articles for value in (article.id, article.url)).items():
        if count > 1:
            yield f"{value} stands {count} times"
    for article in articles:
        if not 100 <= len(tokens(article.text)) <= 520:
            yield f"{article.id}: {len(tokens(article.text))} words"
        if re.search(r"\[\[|\]\]|=>|\n\n\n|  ", article.text):
            yield f"{article.id}: markup or stray blanks left in the text"


def check_jaccards(articles):
    for a, b, score in scored_pairs(articles):
        if CLEAR_BELOW < score < CLEAR_ABOVE:
            yield f"{a.id} and {b.id}: Jaccard {score:.3f} is neither a copy's nor clearly less"
        if score >= CLEAR_ABOVE and a.story != b.story:
            yield f"{a.id} and {b.id}: copies in two stories"


def check_labels(articles, labels):
    by_id = {article.id: article for article in articles}
    for label in labels:
        src, dst = by_id[label.src_id], by_id[label.dst_id]
        a = src.text[label.src_start:label.src_start + label.src_len]
        b = dst.text[label.dst_start:label.dst_start + label.dst_len]
        where = f"{label.kind} {src.id}:{label.src_start} {dst.id}:{label.dst_start}"
        shared = sum((Counter(tokens(a)) & Counter(tokens(b))).values())
        if a != b and shared < EDITED_SHARE * max(len(tokens(a)), len(tokens(b))):
            yield f"{where}: the texts differ too much"
        if (label.kind == "boilerplate" and src.outlet != dst.outlet
                or label.kind in ("repeated", "syndicated") and (src.id == dst.id) != (label.kind == "repeated")):
            yield f"{where}: not what its kind means"
        if label.kind == "quotation":
            edges = src.text[label.src_start - 1] + dst.text[label.dst_start - 1]
            if len(tokens(a)) < QUOTATION_TOKENS or not set(edges) <= set("\"“„«"):
                yield f"{where}: too short, or not inside quotation marks"


def check_runs(articles, labels):
    """Every run of RUN_TOKENS that stands twice must touch a label of these two places."""
    index, spans = defaultdict(list), {}
    for article in articles:
        spans[article.id] = token_spans(article.text)
        words = [token for token, _, _ in spans[article.id]]
        for i in range(len(words) - RUN_TOKENS + 1):
            index[tuple(words[i:i + RUN_TOKENS])].append((article.id, i))
    known = defaultdict(list)
    for l in labels:
        a, b = (l.src_start, l.src_start + l.src_len), (l.dst_start, l.dst_start + l.dst_len)
        known[l.src_id, l.dst_id].append((a, b))
        known[l.dst_id, l.src_id].append((b, a))

    def touches(id_, first, span):
        start, end = spans[id_][first][1], spans[id_][first + RUN_TOKENS - 1][2]
        return start < span[1] and span[0] < end

    for run, found in index.items():
        for (a, i), (b, j) in itertools.combinations(found, 2):
            if not any(touches(a, i, s) and touches(b, j, t) for s, t in known[a, b]):
                yield f"{a} and {b}: unlabelled run: {' '.join(run)}"


def summary(articles, labels):
    family, story = families(articles), Counter(article.story for article in articles)
    sizes = Counter(Counter(family.values()).values())
    yield f"{len(articles)} articles, {len({a.outlet for a in articles})} outlets, " \
          f"{sum(len(tokens(a.text)) for a in articles)} words"
    yield "languages: " + ", ".join(f"{k} {n}" for k, n in sorted(Counter(a.lang for a in articles).items()))
    yield f"stories: {len(story)}, sizes " + ", ".join(f"{n}×{k}" for k, n in sorted(Counter(story.values()).items()))
    yield f"families of two or more: {sum(n for k, n in sizes.items() if k > 1)}, " \
          f"holding {sum(k * n for k, n in sizes.items() if k > 1)} articles"
    yield "passage pairs: " + ", ".join(f"{kind} {sum(l.kind == kind for l in labels)}" for kind in KINDS)


def main():
    articles = compose(HERE / "source")
    labels = label_passages(articles)
    files = outputs(articles, labels)
    errors = []
    if "--check" in sys.argv[1:]:
        errors = [*check_files(files), *check_articles(articles), *check_jaccards(articles),
                  *check_labels(articles, labels), *check_runs(articles, labels)]
    else:
        for name, content in files.items():
            (HERE / name).write_bytes(content.encode("utf-8"))
    print("\n".join(errors or summary(articles, labels)))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
