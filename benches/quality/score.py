"""Scores stories on labelled sets, under each preset, dated and with dates hidden, as a Markdown table.

    python3 benches/quality/score.py [--program target/release/newsfold] SET...

A SET is a folder with articles.jsonl (or articles.jsonl.zst, for which `zstd` must be installed) and
stories.gold.csv (`id,cluster`). All articles are clustered, the labelled ones are scored. One row a set and
preset: B³ precision, recall and F1 in percent, and how many stories the labelled articles are in.
Nothing but these figures is printed or kept.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

PRESETS = ("strict", "balanced", "wide")


def articles_of(folder: Path) -> Iterator[str]:
    """The lines of a set's articles."""
    plain = folder / "articles.jsonl"
    if plain.exists():
        yield from plain.read_text(encoding="utf-8").split("\n")
        return
    packed = ["zstd", "-dc", str(folder / "articles.jsonl.zst")]
    text = subprocess.run(packed, check=True, capture_output=True).stdout
    yield from text.decode().split("\n")


def hide_dates(folder: Path, out: Path) -> bool:
    """Writes the articles without their dates; False where none had one."""
    any_dated = False
    with out.open("w", encoding="utf-8") as file:
        for line in articles_of(folder):
            if not line:
                continue
            article = json.loads(line)
            any_dated |= bool(article.pop("published", None))
            file.write(json.dumps(article) + "\n")
    return any_dated


def score(program: Path, articles: Path, gold: Path, preset: str, scratch: Path) -> str:
    """The cells of one row."""
    out = scratch / "out"
    run = [program, "stories", articles, "-o", out, "--format", "csv", "--story-preset", preset]
    subprocess.run([*map(str, run), "--no-progress", "-q"], check=True, stdout=subprocess.DEVNULL)
    evaluate = [str(program), "eval", str(out), "--gold", str(gold), "--json"]
    found = json.loads(subprocess.run(evaluate, check=True, capture_output=True).stdout)
    scores = found.get("scores", found)
    b_cubed = scores["b_cubed"]
    cells = [f"{100 * b_cubed[name]:.1f}" for name in ("precision", "recall", "f1")]
    return " | ".join([*cells, str(scores["run_clusters"])])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", type=Path, default=Path("target/release/newsfold"))
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    options = parser.parse_args()
    print("| set | dates | preset | precision | recall | F1 | stories |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for folder in options.sets:
        gold = folder / "stories.gold.csv"
        with tempfile.TemporaryDirectory() as name:
            scratch = Path(name)
            given = next(path for path in sorted(folder.glob("articles.jsonl*")))
            undated = scratch / "undated.jsonl"
            inputs = {"none": given}
            if hide_dates(folder, undated):
                inputs = {"as given": given, "hidden": undated}
            for dates, articles in inputs.items():
                for preset in PRESETS:
                    cells = score(options.program, articles, gold, preset, scratch)
                    print(f"| {folder.name} | {dates} | {preset} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
