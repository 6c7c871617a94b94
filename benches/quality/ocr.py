#!/usr/bin/env python3
"""Passages planted in made-up articles that were read from a scan: found with and without --ocr.

    python3 benches/quality/ocr.py target/release/newsfold

Of each pair of articles the second gets 30 to 120 words of the first. Then both are set in lines, with
hyphens at their ends, and characters go wrong in each by themselves: of a hundred wrong ones 60 are others,
20 are missing, 20 are added. White space stays. The words are those of `newsfold synth`.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

PAIRS = 200
WIDTHS = (58, 44)
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def articles(newsfold, folder):
    """Made-up articles that share nothing."""
    path = folder / "made-up.jsonl"
    made = [newsfold, "synth", "-q", "--articles", "2000", "--copies", "0", "--seed", "5", "-o", path]
    subprocess.run(made, check=True)
    shared = set()
    for line in (folder / "made-up.passages.gold.jsonl").open():
        gold = json.loads(line)
        shared |= {gold["src_id"], gold["dst_id"]}
    rows = map(json.loads, path.open())
    return [row["text"].replace("\n", " ") for row in rows if row["id"] not in shared][: 2 * PAIRS]


def scanned(text, share, width, rng):
    """The text as a scan has it, and where each of its characters is there."""
    out, places, column = [], [], 0
    for at, c in enumerate(text):
        places.append(len(out))
        if c == " " and column >= width - 8:
            out.append("\n")
            column = 0
            continue
        word = text[max(0, at - 2) : at + 3]
        if column >= width and len(word) == 5 and word.isalpha():
            out += "-\n"
            column = 0
            places[-1] = len(out)
        column += 1
        if c.isspace() or rng.random() >= share:
            out.append(c)
            continue
        what = rng.random()
        if what < 0.6:
            out.append(rng.choice(ALPHABET))
        elif what < 0.8:
            pass
        else:
            out += [c, rng.choice(ALPHABET)]
    places.append(len(out))
    return "".join(out), places


def plant(texts, share, folder):
    rng = random.Random(7)
    rows, gold = [], []
    for pair in range(PAIRS):
        source, target = texts[2 * pair], texts[2 * pair + 1]
        starts = [0] + [at + 2 for at in range(len(source) - 2) if source[at : at + 2] == ". "]
        words = rng.randint(30, 120)
        start = rng.choice([at for at in starts if len(source[at:].split()) >= words] or [0])
        passage = " ".join(source[start:].split(" ")[:words])
        ends = [at + 2 for at in range(len(target) - 2) if target[at : at + 2] == ". "]
        at = rng.choice(ends or [0])
        target = target[:at] + passage + " " + target[at:]
        read = []
        for text, width in zip((source, target), WIDTHS):
            read.append(scanned(text, share, width, rng) if share is not None else
                        (text, list(range(len(text) + 1))))
        (a, in_a), (b, in_b) = read
        for name, text in (("a", a), ("b", b)):
            rows.append({"id": f"{name}{pair}", "outlet": f"{name}.example", "text": text,
                         "published": f"2024-01-{pair % 28 + 1:02}T0{'ab'.index(name)}:00:00Z"})
        src, src_end = in_a[start], in_a[start + len(passage)]
        dst, dst_end = in_b[at], in_b[at + len(passage)]
        gold.append({"src_id": f"a{pair}", "src_start": src, "src_len": src_end - src,
                     "dst_id": f"b{pair}", "dst_start": dst, "dst_len": dst_end - dst})
    for name, lines in (("news.jsonl", rows), ("gold.jsonl", gold)):
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))


def scores(newsfold, folder, options):
    out = folder / "out"
    run = [newsfold, "passages", "-q", folder / "news.jsonl", "-o", out, "--format", "csv", *options]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    asked = [newsfold, "eval", out, "--gold", folder / "gold.jsonl", "--json"]
    told = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)["overall"]
    return [told[name] for name in ("recall", "precision", "granularity", "plagdet")]


def main():
    newsfold = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        texts = articles(newsfold, folder)
        print("| wrong characters | options | recall | precision | granularity | PlagDet |")
        print("| --- | --- | --- | --- | --- | --- |")
        for share in (None, 0.0, 0.01, 0.04, 0.08, 0.12):
            plant(texts, share, folder)
            said = "as written" if share is None else f"{share:.0%}, in lines"
            for options in ([], ["--ocr"]):
                told = " | ".join(f"{score:.3f}" for score in scores(newsfold, folder, options))
                print(f"| {said} | {' '.join(options) or '–'} | {told} |", flush=True)


if __name__ == "__main__":
    main()
