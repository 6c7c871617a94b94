#!/usr/bin/env python3
"""Builds `stores`, lets every entrant keep the same load, each stage in a process of its own and by turns, and prints a table.

Usage: measure.py [--articles N] [--day N] [--days N] [--words N] [--questions N] [--rounds N] [--dir DIR] [ENTRANT]...

A figure is the median of the rounds; with `--rounds 2` both are told, the lesser one first. What an entrant wrote is removed
once it was asked. With the usual numbers it takes 8 GB at the most, and 25 minutes a round on two busy cores.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ENTRANTS = ["segments", "redb", "heed", "fjall", "redb-blocks", "heed-blocks", "fjall-blocks"]


def stage(binary, name, entrant, folder, numbers):
    command = [binary, name, entrant, folder, *numbers]
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=True)
    return dict(line.split("\t") for line in done.stdout.splitlines())


def told(values):
    values = sorted(float(value) for value in values)
    shown = values if len(values) == 2 else [values[len(values) // 2]]
    return " / ".join(f"{value:,.0f}" if value >= 100 else f"{value:.3g}" for value in shown)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--articles", type=int, default=1_000_000)
    arguments.add_argument("--day", type=int, default=20_000)
    arguments.add_argument("--days", type=int, default=10)
    arguments.add_argument("--words", type=int, default=32)
    arguments.add_argument("--questions", type=int, default=5_000)
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--dir", type=pathlib.Path)
    arguments.add_argument("entrants", nargs="*", default=ENTRANTS)
    given = arguments.parse_args()
    here = pathlib.Path(__file__).resolve().parent
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", here.parents[1] / "target" / "stores"))
    build = ["cargo", "build", "--release", "--locked", "--target-dir", target]
    subprocess.run([*build, "--manifest-path", here / "Cargo.toml"], check=True)
    binary = target / "release" / "stores"
    numbers = [given.articles, given.day, given.days, given.words, given.questions]
    base = pathlib.Path(tempfile.mkdtemp(dir=given.dir))
    rounds = {entrant: [] for entrant in given.entrants}
    checks = set()
    try:
        for place in range(given.rounds):
            for entrant in given.entrants:
                folder = base / entrant
                figures = {}
                stages = ["write", "ask"] + (["compact", "ask"] if entrant == "segments" else [])
                for run, name in enumerate(stages):
                    after = ", compacted" if run > 1 else ""
                    of = stage(binary, name, entrant, folder, numbers)
                    checks.update({of.pop("check")} if "check" in of else ())
                    figures.update({f"{name}: {key}{after}": value for key, value in of.items()})
                shutil.rmtree(folder)
                rounds[entrant].append(figures)
                print(place, entrant, figures, file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(base)
    assert len(checks) == 1, "entrants found different articles"
    names = list(dict.fromkeys(name for runs in rounds.values() for run in runs for name in run))
    print("| " + " | ".join(["", *given.entrants]) + " |")
    print("| --- " * (len(given.entrants) + 1) + "|")
    for name in names:
        cells = [told([run[name] for run in rounds[entrant] if name in run] or [float("nan")]) for entrant in given.entrants]
        print("| " + " | ".join([name, *cells]).replace("nan / nan", "").replace("nan", "") + " |")


if __name__ == "__main__":
    main()
