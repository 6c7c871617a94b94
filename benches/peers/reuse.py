"""Shared passages, beside the peers that pip installs: the same listed pairs of texts for all, scored by
`newsfold eval` for all.

    python3 benches/peers/reuse.py ARTICLES.jsonl PAIRS.csv GOLD.jsonl

ARTICLES has `id` and `text`; PAIRS a line `id,id` a pair; GOLD passages as `newsfold eval` reads them. Needs
`pip install copydetect==0.5.0 text-matcher==0.1.6`, and NEWSFOLD=path of the program.

copydetect (winnowing over characters, of code unless told otherwise) is asked through its documented
`CodeFingerprint` and `compare_files` with its own thresholds (25 and 30 characters), its filter for code
off. text-matcher (n-grams of stemmed words, extended by likeness) is asked through `Matcher.match`
with its own settings, but that stop words stay: its list of them is a download of its own. Both are given the listed pairs alone; newsfold compares all texts with all.
"""

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time

NOISE, GUARANTEE = 25, 30


def copydetect(texts, pairs):
    import copydetect as cd

    prints = {}

    def of(name):
        if name not in prints:
            prints[name] = cd.CodeFingerprint(
                name, NOISE, GUARANTEE - NOISE + 1, filter=False, fp=io.StringIO(texts[name])
            )
        return prints[name]

    for a, b in pairs:
        _, _, (in_a, in_b) = cd.compare_files(of(a), of(b))
        # Stretches come side by side, each with the one of its rank in the other text.
        for (a_start, a_end), (b_start, b_end) in zip(in_a.T, in_b.T):
            yield a, int(a_start), int(a_end), b, int(b_start), int(b_end)


def text_matcher(texts, pairs):
    from text_matcher.matcher import Matcher, Text

    for a, b in pairs:
        with contextlib.redirect_stdout(io.StringIO()):
            one, other = (Text(texts[name], name, removeStopwords=False) for name in (a, b))
            _, in_a, in_b = Matcher(one, other, removeStopwords=False).match()
        for (a_start, a_end), (b_start, b_end) in zip(in_a, in_b):
            yield a, a_start, a_end, b, b_start, b_end


def write(folder, texts, found):
    """A folder that `newsfold eval` reads: articles, alignments, and no occurrences besides."""

    def table(name, header, rows):
        with open(os.path.join(folder, name), "w", newline="") as file:
            csv.writer(file).writerows([header, *rows])

    table("articles.csv", ["id"], ([name] for name in texts))
    table("occurrences.csv", ["passage_id", "id", "start", "end"], [])
    columns = ["id_a", "start_a", "end_a", "id_b", "start_b", "end_b"]
    table("alignments.csv", columns, found)


def main():
    articles, listed, gold = sys.argv[1:]
    newsfold = os.environ.get("NEWSFOLD", "newsfold")
    with open(articles) as file:
        texts = {record["id"]: record["text"] for record in map(json.loads, file)}
    with open(listed) as file:
        pairs = [(row[0], row[1]) for row in csv.reader(file) if row[0] in texts]
    print("| tool | PlagDet | precision | recall | granularity | processor s |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, tool in [("newsfold", None), ("copydetect", copydetect), ("text-matcher", text_matcher)]:
        with tempfile.TemporaryDirectory() as folder:
            before = sum(os.times()[:4])
            if tool:
                write(folder, texts, list(tool(texts, pairs)))
            else:
                run = [newsfold, "passages", articles, "-q", "--format", "csv", "-o", folder]
                subprocess.run(run, check=True)
            seconds = sum(os.times()[:4]) - before
            scores = subprocess.run(
                [newsfold, "eval", folder, "--gold", gold, "--pairs", listed, "--json"],
                check=True,
                capture_output=True,
            )
            overall = json.loads(scores.stdout)["overall"]
            figures = [overall[key] for key in ("plagdet", "precision", "recall", "granularity")]
            print(f"| {name} |", " | ".join(f"{figure:.3f}" for figure in figures), f"| {seconds:.1f} |")


if __name__ == "__main__":
    main()
