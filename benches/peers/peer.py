"""What the peers' scripts share: their options, the corpus, word 5-grams, families, what they write.

Every peer gets the same job: JSON Lines in, families of near-duplicates out. An article is known by
its line, counted from 0. Into the folder `--out` a peer writes

    links.tsv      every pair that the tool itself says is alike: two lines' numbers, the smaller first
    families.jsonl the connected components of those links, of two articles or more
    flags.txt      instead of both, where a tool only says which articles have a copy: their numbers
    peer.json      the tool, its version, what it spent before its first line of input, what it does

Only the standard library is used here, so that importing this costs no peer anything worth naming.
"""

import argparse
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

WORDS_A_SHINGLE = 5
WORD = re.compile(r"\w+")

Link = tuple[int, int]


def options(description: str | None) -> argparse.ArgumentParser:
    """The options that every peer takes; a script adds its own to the parser returned."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("corpus", type=Path, help="JSON Lines with a key `text`")
    parser.add_argument("--out", type=Path, required=True, help="folder for what was found")
    parser.add_argument("--threshold", type=float, default=0.7)
    parser.add_argument("--num-perm", type=int, default=128)
    parser.add_argument("--bands", type=int, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--threads", type=int, default=1)
    return parser


def spent() -> float:
    """CPU seconds of this process so far: called after the imports, it is the cost of starting."""
    return time.process_time()


def read_texts(corpus: Path) -> list[str]:
    """The texts, in the file's order, by the interpreter's own JSON reader."""
    with corpus.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def words(text: str) -> list[str]:
    """Runs of letters, digits and underscores of the lower-cased text."""
    return WORD.findall(text.lower())


def shingles(text: str, cut: Callable[[str], list[str]] = words) -> list[str]:
    """Word 5-grams in order, repeats included; a shorter text is one shingle."""
    tokens = cut(text)
    if len(tokens) < WORDS_A_SHINGLE:
        return [" ".join(tokens)] if tokens else []
    return [
        " ".join(tokens[start : start + WORDS_A_SHINGLE])
        for start in range(len(tokens) - WORDS_A_SHINGLE + 1)
    ]


def bucket_links(rows: Iterable[tuple[int, Iterable[object]]]) -> Iterator[Link]:
    """Links each article to the first of each of its buckets, as Daft's own example does.

    `rows` gives each article with one key a band. This is what families need; all the pairs of a
    bucket would be more links than the families are made of.
    """
    first: list[dict[object, int]] = []
    for article, keys in rows:
        for band, key in enumerate(keys):
            if band == len(first):
                first.append({})
            leader = first[band].setdefault(key, article)
            if leader != article:
                yield (leader, article)


def families(links: Iterable[Link], articles: int) -> list[list[int]]:
    """The connected components of two articles or more, by union-find with path halving."""
    parent = list(range(articles))

    def root(article: int) -> int:
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    for left, right in links:
        left, right = root(left), root(right)
        if left != right:
            parent[max(left, right)] = min(left, right)
    members: dict[int, list[int]] = {}
    for article in range(articles):
        members.setdefault(root(article), []).append(article)
    return [family for family in members.values() if len(family) > 1]


def write_links(out: Path, links: Iterable[Link], articles: int) -> None:
    """Writes the links, each once, and the families that they make."""
    unique = sorted(set(links))
    out.mkdir(parents=True, exist_ok=True)
    with (out / "links.tsv").open("w") as file:
        file.writelines(f"{left}\t{right}\n" for left, right in unique)
    with (out / "families.jsonl").open("w") as file:
        file.writelines(f"{json.dumps(family)}\n" for family in families(unique, articles))


def write_flags(out: Path, flags: Sequence[bool]) -> None:
    """Writes the numbers of the flagged articles."""
    out.mkdir(parents=True, exist_ok=True)
    numbers = (f"{article}\n" for article, flag in enumerate(flags) if flag)
    (out / "flags.txt").write_text("".join(numbers))


def write_peer(out: Path, package: str, startup: float, **facts: object) -> None:
    """Writes the facts of the run that only the peer itself knows."""
    record = {"version": version(package), "startup_cpu_s": round(startup, 3), **facts}
    (out / "peer.json").write_text(json.dumps(record))
