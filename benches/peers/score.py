"""Scores what one run found against the exact pairs, and prints the scores as JSON.

    recall      share of the exact pairs that the tool states or puts into one family
    stated      share of the exact pairs that it states itself (none for bucket-to-first links)
    precision   share of the links it states whose exact Jaccard reaches the threshold
    joined      share of the pairs inside its families that the exact pairs join too, directly or not
    largest     articles in its largest family
    copies_…    recall and precision over articles: those with an earlier exact partner against those with
                an earlier link, or against the flags of a tool that gives nothing else (where it flags
                both partners, against the articles that have any)
    digest      of everything found: equal where a tool gives the same answer twice

newsfold's links are the rows of its pairs.csv whose `jaccard` reaches the threshold; rows below it are
containments, which no peer looks for. Its families are those of its articles.csv.
"""

import argparse
import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import peer
import truth


@dataclass
class Found:
    """What a tool found: links and families, or flags."""

    links: set[peer.Link] = field(default_factory=set)
    families: list[list[int]] = field(default_factory=list)
    flags: set[int] | None = None


def read_peer(out: Path) -> Found:
    flags = out / "flags.txt"
    if flags.exists():
        return Found(flags={int(line) for line in flags.read_text().split()})
    with (out / "links.tsv").open() as lines:
        links = {(int(left), int(right)) for left, right in (line.split() for line in lines)}
    with (out / "families.jsonl").open() as lines:
        return Found(links, [json.loads(line) for line in lines])


def read_newsfold(out: Path, threshold: float) -> Found:
    """Reads newsfold's tables; an article's line is the end of its `source`, counted from 1."""
    line_of: dict[str, int] = {}
    members: dict[str, list[int]] = {}
    with (out / "articles.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            line = int(row["source"].rsplit(":", 1)[1]) - 1
            line_of[row["id"]] = line
            if row["family_id"]:
                members.setdefault(row["family_id"], []).append(line)
    links: set[peer.Link] = set()
    with (out / "pairs.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            if float(row["jaccard"]) >= threshold:
                left, right = sorted((line_of[row["id_a"]], line_of[row["id_b"]]))
                links.add((left, right))
    return Found(links, [sorted(family) for family in members.values()])


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None


def pairs_within(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def score_links(found: Found, true: set[peer.Link]) -> dict[str, object]:
    """Scores of a tool that states pairs."""
    family_of = {article: number for number, family in enumerate(found.families) for article in family}

    def met(pair: peer.Link) -> bool:
        left, right = (family_of.get(article) for article in pair)
        return pair in found.links or (left is not None and left == right)

    articles = 1 + max((article for pair in true | found.links for article in pair), default=0)
    component_of = {
        article: number
        for number, family in enumerate(peer.families(true, articles))
        for article in family
    }
    inside = pairs_within(map(len, found.families))
    parts = Counter(
        (number, component_of[article])
        for article, number in family_of.items()
        if article in component_of
    )
    joined = pairs_within(parts.values())
    return {
        "links": len(found.links),
        "families": len(found.families),
        "largest": max(map(len, found.families), default=0),
        "recall": share(sum(map(met, true)), len(true)),
        "stated": share(len(true & found.links), len(true)),
        "precision": share(len(true & found.links), len(found.links)),
        "joined": share(joined, inside),
    }


def score_copies(found: Found, true: set[peer.Link], kind: str) -> dict[str, object]:
    """Scores over articles; `kind` says which articles a tool flags, `earlier` or `any`."""
    gold = {right for _, right in true}
    if kind == "any":
        gold |= {left for left, _ in true}
    flagged = found.flags
    if flagged is None:
        flagged = {right for _, right in found.links}
    both = len(gold & flagged)
    return {"copies_recall": share(both, len(gold)), "copies_precision": share(both, len(flagged))}


def digest(found: Found) -> str:
    answer = [sorted(found.links), sorted(found.families), sorted(found.flags or ())]
    return hashlib.sha256(json.dumps(answer).encode()).hexdigest()[:16]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="what a peer or newsfold wrote")
    parser.add_argument(
        "--truth", type=Path, required=True, nargs="+", help="exact pairs; scores go by the file's name"
    )
    parser.add_argument("--threshold", type=float, default=0.7)
    job = parser.parse_args()

    if (job.out / "peer.json").exists():
        facts = json.loads((job.out / "peer.json").read_text())
        found = read_peer(job.out)
    else:
        run = json.loads((job.out / "run.json").read_text())
        facts = {"version": run["version"], "startup_cpu_s": 0.0, "parameters": run["parameters"]}
        found = read_newsfold(job.out, job.threshold)
    scores: dict[str, object] = {**facts, "digest": digest(found)}
    for path in job.truth:
        true = {pair for pair, alike in truth.read(path) if alike >= job.threshold}
        against = score_copies(found, true, facts.get("flags") or "earlier")
        if found.flags is None:
            against |= score_links(found, true)
        scores[path.stem] = against
    print(json.dumps(scores))


if __name__ == "__main__":
    main()
