#!/usr/bin/env python3
"""Passages planted in made-up pairs of texts, language by language, found with the options as they are.

    python3 benches/quality/languages.py target/release/newsfold
    python3 benches/quality/languages.py target/release/newsfold --articles FILE --style words --words 200

FILE is JSON Lines (also .zst) with `text` and `lang`; without one the articles are those of `newsfold synth`.
A text is made of a language's own sentences, each used once, or of its words, drawn as often as they occur
there. Of each pair the second gets passages of 15 to 300 words of the first, with 0 to 30 % of the words
deleted, inserted before or put in place of, or as `--edits` and `--moved` say. `--among` lays other articles of the file beside the pairs.

Languages that the file has not are made of one that it has (`--from`), each word of which stands for another:
two characters of a script without spaces, syllables without spaces, or stems with affixes. So the words
have the frequencies and the order of a real text.

Each round is a pile of its own. `eval` scores all rounds of a language together; nothing is told but scores.
"""

import argparse
import json
import random
import subprocess
import tempfile
from collections import defaultdict
from math import log2
from pathlib import Path

PASSAGES = (1, 3)
PASSAGE_WORDS = (15, 300)
OWN_WORDS = (400, 1200)
SENTENCE_WORDS = (4, 60)
PARAGRAPH_SENTENCES = 5
LISTED_WORDS = 1_000_000
STOPS = (".", "!", "?", "።", "…", ".”", '."')


def rows_of(path):
    """The articles of a file, compressed or not."""
    if path.suffix == ".zst":
        with subprocess.Popen(["zstd", "-dc", path], stdout=subprocess.PIPE) as read:
            yield from map(json.loads, read.stdout)
    else:
        with path.open(encoding="utf-8") as read:
            yield from map(json.loads, read)


def synth(newsfold, folder):
    """Made-up articles that share nothing."""
    path = folder / "made-up.jsonl"
    made = [newsfold, "synth", "-q", "--articles", "4000", "--copies", "0", "--seed", "5", "-o", path]
    subprocess.run(made, check=True)
    return path


class Language:
    """The sentences of a language, each a list of words, and its words as often as they occur."""

    def __init__(self, texts):
        self.gap = " "
        self.sentences, seen, sentence = [], set(), []
        for text in texts:
            for word in text.split():
                sentence.append(word)
                if word.endswith(STOPS):
                    key = " ".join(sentence)
                    if SENTENCE_WORDS[0] <= len(sentence) <= SENTENCE_WORDS[1] and key not in seen:
                        seen.add(key)
                        self.sentences.append(sentence)
                    sentence = []
            sentence = []
        self.count()

    def count(self):
        self.words = [word.strip(".,!?:;\"'”“()።፣…") for words in self.sentences for word in words]
        self.words = [word for word in self.words if word]

    @classmethod
    def listed(cls, path, gap):
        """A language of which only words and their counts are known."""
        language = cls([])
        language.gap = gap
        lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
        counts = {line[0]: int(line[1]) for line in lines if len(line) > 1 and line[1].isdigit()}
        language.words = random.Random("words").choices(list(counts), list(counts.values()), k=LISTED_WORDS)
        return language

    def fewer(self, most):
        """Keeps the most frequent words alone, as often as they occur."""
        counts = defaultdict(int)
        for word in self.words:
            counts[word] += 1
        kept = set(sorted(counts, key=lambda word: (-counts[word], word))[:most])
        self.words = [word for word in self.words if word in kept]

    def disguised(self, gap, spell):
        """Another language with the frequencies of this one: `spell` is called with a generator for each word."""
        spelt = {}

        def other(word):
            bare = word.strip(".,!?:;\"'”“()").lower()
            if bare not in spelt:
                spelt[bare] = spell(random.Random("word " + bare))
            return spelt[bare] + ("." if word.endswith(STOPS) else "")

        language = Language([])
        language.gap = gap
        language.sentences = [[other(word) for word in words] for words in self.sentences]
        language.count()
        return language


def han(rng):
    """Two characters of 2,500, the lower ones more often, as in Chinese."""
    return "".join(chr(0x4E00 + int(2500 * rng.random() ** 2) * 7) for _ in range(rng.choice((1, 2, 2, 2, 3))))


def japanese(rng):
    """Characters with kana behind them."""
    kana = "".join(chr(rng.randint(0x3042, 0x308D)) for _ in range(rng.choice((0, 1, 1, 2))))
    return "".join(chr(0x4E00 + int(2000 * rng.random() ** 2) * 9) for _ in range(rng.choice((1, 2)))) + kana


def thai(rng):
    """Syllables of a consonant, a vowel and sometimes a final."""
    syllables = []
    for _ in range(rng.choice((1, 1, 2, 2, 3))):
        syllables.append(chr(rng.randint(0x0E01, 0x0E2E)) + rng.choice("ะาำิีึืุู") + rng.choice(("", "น", "ม", "ก", "ง")))
    return "".join(syllables)


def indonesian(rng):
    """Stems of open syllables with prefixes and suffixes; some are said twice."""
    syllables = [rng.choice("bcdghjklmnprst") + rng.choice("aiue") + rng.choice(("", "", "n", "r", "ng")) for _ in range(2)]
    stem = "".join(syllables)
    if rng.random() < 0.05:
        return f"{stem}-{stem}"
    prefix = rng.choice(("", "", "", "me", "ber", "di", "pe", "ter", "se"))
    return prefix + stem + rng.choice(("", "", "", "kan", "nya", "an", "i"))


MADE = {
    "han": ("", han),
    "japanese": ("", japanese),
    "thai": ("", thai),
    "indonesian": (" ", indonesian),
}


class Text:
    """A text as it grows, and where in it, in characters, what was put in stands."""

    def __init__(self, gap):
        self.gap, self.text, self.sentences = gap, "", 0

    def add(self, words):
        if self.text:
            self.text += "\n\n" if self.sentences % PARAGRAPH_SENTENCES == 0 else self.gap
        start = len(self.text)
        self.text += self.gap.join(words)
        self.sentences += 1
        return start, len(self.text)


class Writer:
    """Draws sentences of a language that it has not drawn before."""

    def __init__(self, language, args, rng):
        self.language, self.style, self.rng = language, args.style, rng
        self.edits, self.moved = [float(share) for share in args.edits.split(",")], args.moved
        self.left = list(language.sentences)
        rng.shuffle(self.left)

    def sentence(self):
        if self.style == "sentences":
            if not self.left:
                self.left = list(self.language.sentences)
                self.rng.shuffle(self.left)
            return self.left.pop()
        words = self.rng.choices(self.language.words, k=self.rng.randint(6, 24))
        words[-1] += "."
        return words

    def sentences(self, least):
        drawn, words = [], 0
        while words < least:
            drawn.append(self.sentence())
            words += len(drawn[-1])
        return drawn

    def edited(self, words, share):
        out = []
        for word in words:
            if self.rng.random() >= share:
                out.append(word)
                continue
            what = self.rng.randrange(3)
            if what > 0:
                out.append(self.rng.choice(self.language.words))
            if what == 1:
                out.append(word)
        return out

    def rearranged(self, words):
        """The sentences in another order."""
        sentences = [[]]
        for word in words:
            sentences[-1].append(word)
            if word.endswith(STOPS):
                sentences.append([])
        self.rng.shuffle(sentences)
        return [word for sentence in sentences for word in sentence]

    def pair(self, name):
        """Two texts and the gold of their passages."""
        rng, gap = self.rng, self.language.gap
        passages = [self.passage() for _ in range(rng.randint(*PASSAGES))]
        sides, places = [], []
        for side in ("a", "b"):
            parts = [(None, words) for words in self.sentences(rng.randint(*OWN_WORDS))]
            for n, words in enumerate(passages):
                if side == "b":
                    if rng.random() < self.moved:
                        words = self.rearranged(words)
                    words = self.edited(words, rng.choice(self.edits))
                # Between the text's own sentences, so that no two passages touch.
                parts.insert(rng.choice([at for at in range(1, len(parts)) if parts[at - 1][0] is parts[at][0] is None]), (n, words))
            text, at = Text(gap), {}
            for n, words in parts:
                where = text.add(words)
                if n is not None:
                    at[n] = where
            sides.append({"id": f"{name}-{side}", "text": text.text})
            places.append(at)
        gold = []
        for n in range(len(passages)):
            row = {}
            for key, side, at in zip(("src", "dst"), sides, places):
                row |= {f"{key}_id": side["id"], f"{key}_start": at[n][0], f"{key}_len": at[n][1] - at[n][0]}
            gold.append(row)
        return sides, gold

    def passage(self):
        least, most = PASSAGE_WORDS
        # Short ones as often as long ones of ten times their length.
        words = int(least * (most / least) ** self.rng.random())
        return [word for sentence in self.sentences(words) for word in sentence][:words]


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def scored(newsfold, folder, rows, gold, options):
    """What `eval` says of each kind, here of each language, and overall."""
    write(folder / "news.jsonl", rows)
    write(folder / "gold.jsonl", gold)
    out = folder / "out"
    run = [newsfold, "passages", "-q", folder / "news.jsonl", "-o", out, "--format", "csv", *options]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    asked = [newsfold, "eval", out, "--gold", folder / "gold.jsonl", "--json"]
    return json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)["overall"]


def show(name, told):
    """A row of the table: means over the rounds, weighted by what each counts, and the lowest PlagDet."""
    def mean(value, weight):
        whole = sum(one[weight] for one in told)
        return sum(one[value] * one[weight] for one in told) / whole if whole else 1.0

    recall, precision = mean("recall", "cases"), mean("precision", "detections")
    granularity = mean("granularity", "found")
    f1 = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
    least = min(one["plagdet"] for one in told)
    print(f"| {name} | {recall:.3f} | {precision:.3f} | {granularity:.3f} | {f1 / log2(1 + granularity):.3f} "
          f"| {least:.3f} |", flush=True)


def of_articles(args, newsfold, folder, others):
    """The languages of the articles and those made of one. Every second article gives its sentences, the
    rest are appended to `others`."""
    texts = defaultdict(list)
    for number, row in enumerate(rows_of(args.articles or synth(newsfold, folder))):
        (others if number % 2 else texts[row.get("lang") or "made-up"]).append(row["text"])
    languages = {code: Language(of) for code, of in sorted(texts.items())}
    origin = args.origin or ("en" if "en" in languages else next(iter(languages)))
    languages |= {name: languages[origin].disguised(*how) for name, how in MADE.items()}
    if args.languages:
        languages = {code: languages[code] for code in args.languages.split(",")}
    return languages


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("newsfold", type=Path)
    asked.add_argument("--articles", type=Path, help="JSON Lines with text and lang")
    asked.add_argument("--languages", help="codes, parted by commas; without it all that have articles enough")
    asked.add_argument("--from", dest="origin", help="the language that made ones are made of")
    asked.add_argument("--style", choices=("sentences", "words"), default="sentences")
    asked.add_argument("--words", type=int, help="only the most frequent words, for --style words")
    asked.add_argument("--edits", default="0,0.1,0.2,0.3", help="shares of the words, one of which is drawn a passage")
    asked.add_argument("--moved", type=float, default=0.0, help="the share of passages whose sentences change places")
    asked.add_argument("--pairs", type=int, default=7)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--among", type=int, default=0, help="other articles in each pile")
    asked.add_argument("--list", type=Path, help="instead of articles: a word and its count a line, most frequent first or not")
    asked.add_argument("--unspaced", action="store_true", help="the list's language has no spaces between words")
    asked.add_argument("--options", default="", help="options of newsfold passages")
    args = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        newsfold = args.newsfold.resolve()
        others = []
        if args.list:
            languages = {args.list.stem: Language.listed(args.list, "" if args.unspaced else " ")}
            args.style = "words"
        else:
            languages = of_articles(args, newsfold, folder, others)
        print("| language | recall | precision | granularity | PlagDet | lowest of a pile |")
        print("| --- | --- | --- | --- | --- | --- |")
        every = []
        for code, language in languages.items():
            if args.words:
                language.fewer(args.words)
            told = []
            for number in range(args.rounds):
                rng = random.Random(f"{code} {number}")
                writer = Writer(language, args, rng)
                rows, gold = [], []
                for pair in range(args.pairs):
                    sides, planted = writer.pair(f"{code}-{pair}")
                    rows += sides
                    gold += planted
                beside = rng.sample(others, min(args.among, len(others)))
                rows += [{"id": f"other-{n}", "text": text} for n, text in enumerate(beside)]
                told.append(scored(newsfold, folder, rows, gold, args.options.split()))
            show(code, told)
            every += told
        show("all", every)


if __name__ == "__main__":
    main()
