"""The exact pairs, in plain Python and independent of newsfold.

Shingles are the sets of five words in a row, Jaccard is `len(a & b) / len(a | b)` on Python's own sets.
What a word is, tools see differently, and near the threshold that decides. So there are two truths:

`--words plain`     `\\w+` of the lower-cased text: what most peers are given.
`--words newsfold`  newsfold's rule, written again from its description: apostrophes and characters of no
                    width inside a word do not count, an underscore ends a word, an upper-case letter
                    after a lower-case one begins a new one, Unicode's compatible forms (NFKC) are one,
                    and in scripts without spaces every character is a word.

Candidates come from a prefix filter: with all shingles in one order, rarest first, two sets of Jaccard
t or more share one of the first n - ceil(t·n) + 1 of their n (Bayardo et al. 2007), so no pair is missed.
To be sure, all pairs that share any shingle are counted without the filter among the first articles
(`--check`), and both must agree.

Cost: one or two minutes and 2.3 GB for 40,000 articles. Python's string hash stands for the string: two of
15 million are the same by chance once in 160,000 runs.
"""

import argparse
import math
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import peer

Pairs = dict[peer.Link, float]


def ranges(codes: list[int]) -> str:
    """Ascending code points as the inside of a regular expression's set."""
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)


CODES = range(sys.maxunicode + 1)
MARKS = ranges([code for code in CODES if unicodedata.category(chr(code)).startswith("M")])
# Thai, Lao, Myanmar, Khmer, kana and Han.
SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
NO_WIDTH = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
APOSTROPHE = re.compile(rf"['‘’ʼ＇](?<=[\w{MARKS}].)(?=[^\W_])")
WORD = re.compile(rf"[{SPACELESS}][{MARKS}]*|[^\W_{SPACELESS}](?:[^\W_{SPACELESS}]|[{MARKS}])*")


def newsfold_words(text: str) -> list[str]:
    """Words by newsfold's rule."""
    text = APOSTROPHE.sub("", NO_WIDTH.sub("", text))
    words: list[str] = []
    for word in WORD.findall(text):
        start = 0
        if not (word.islower() or word.isupper() or word.istitle()):
            for at in range(1, len(word)):
                if word[at].isupper() and word[at - 1].islower():
                    words.append(word[start:at])
                    start = at
        words.append(word[start:])
    return [unicodedata.normalize("NFKC", word).lower() for word in words]


WORDS = {"plain": peer.words, "newsfold": newsfold_words}


def jaccard(left: frozenset[int], right: frozenset[int]) -> float:
    both = len(left & right)
    return both / (len(left) + len(right) - both)


def join(sets: list[frozenset[int]], floor: float) -> Pairs:
    """All pairs of a Jaccard of at least `floor`, through the prefix filter."""
    frequency = Counter(shingle for shingle_set in sets for shingle in shingle_set)
    postings: dict[int, list[int]] = defaultdict(list)
    found: Pairs = {}
    for article, shingle_set in enumerate(sets):
        size = len(shingle_set)
        # A sum of decimal fractions may fall just short of a whole number; the filter may only err
        # towards a longer prefix.
        prefix = size - math.ceil(floor * size - 1e-9) + 1 if size else 0
        rarest = sorted(shingle_set, key=lambda shingle: (frequency[shingle], shingle))[:prefix]
        repeated = [shingle for shingle in rarest if frequency[shingle] > 1]
        for earlier in {earlier for shingle in repeated for earlier in postings[shingle]}:
            alike = jaccard(sets[earlier], shingle_set)
            if alike >= floor:
                found[earlier, article] = alike
        for shingle in repeated:
            postings[shingle].append(article)
    return found


def count_all(sets: list[frozenset[int]], floor: float) -> Pairs:
    """The same by counting every shared shingle of every pair: quadratic, and nothing to get wrong."""
    postings: dict[int, list[int]] = defaultdict(list)
    shared: Counter[peer.Link] = Counter()
    for article, shingle_set in enumerate(sets):
        for shingle in shingle_set:
            shared.update((earlier, article) for earlier in postings[shingle])
            postings[shingle].append(article)
    sizes = [len(shingle_set) for shingle_set in sets]
    alike = {pair: both / (sizes[pair[0]] + sizes[pair[1]] - both) for pair, both in shared.items()}
    return {pair: value for pair, value in alike.items() if value >= floor}


def read(path: Path) -> Iterator[tuple[peer.Link, float]]:
    """The pairs of a file that `main` wrote."""
    with path.open() as lines:
        for line in lines:
            left, right, alike = line.split()
            yield (int(left), int(right)), float(alike)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="table: line, line, Jaccard")
    parser.add_argument("--words", choices=sorted(WORDS), default="plain")
    parser.add_argument("--floor", type=float, default=0.7, help="least Jaccard that is written")
    parser.add_argument("--check", type=int, default=4000, help="articles that are counted in full")
    job = parser.parse_args()

    cut = WORDS[job.words]
    sets = [frozenset(map(hash, peer.shingles(text, cut))) for text in peer.read_texts(job.corpus)]
    sample = sets[: job.check]
    if join(sample, job.floor) != count_all(sample, job.floor):
        raise SystemExit("the prefix filter and the full count disagree: the truth cannot be trusted")
    with job.out.open("w") as file:
        for (left, right), alike in sorted(join(sets, job.floor).items()):
            file.write(f"{left}\t{right}\t{alike:.9f}\n")


if __name__ == "__main__":
    main()
