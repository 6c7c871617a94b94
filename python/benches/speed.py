"""How fast the package is: sketches beside datasketch's on one loop and the same values, and dedup beside the program.

    python python/benches/speed.py [ARTICLES]

Both sides check their answer before a time counts; a time is the least of several. Build the wheel with --release.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import datasketch

import newsfold
import newsfold.sketch

SETS, VALUES, TRIES = 100, 300, 5


def least(work, tries=TRIES):
    """The least time that the work takes, in seconds, and what it gave."""
    times = []
    for _ in range(tries):
        begun = time.perf_counter()
        made = work()
        times.append(time.perf_counter() - begun)
    return min(times), made


def sketches():
    """Shingles of a few hundred words, as an article has."""
    sets = [[f"shingle {n} of {place // 2}".encode() for n in range(VALUES)] for place in range(SETS)]

    def one_by_one(make):
        made = [make(num_perm=128) for _ in sets]
        for minhash, values in zip(made, sets):
            for value in values:
                minhash.update(value)
        return made

    def at_once(make):
        return make.bulk(sets, num_perm=128)

    def indexed(library, made):
        lsh = library.MinHashLSH(params=(32, 4), num_perm=128)
        for place, minhash in enumerate(made):
            lsh.insert(place, minhash)
        return [sorted(lsh.query(minhash)) for minhash in made]

    for name, work in [("update", one_by_one), ("bulk", at_once)]:
        theirs, their_made = least(lambda: work(datasketch.MinHash))
        ours, our_made = least(lambda: work(newsfold.sketch.MinHash))
        for made in (their_made, our_made):
            assert all(made[place].jaccard(made[place + 1]) == 1.0 for place in range(0, SETS, 2))
        tell(name, theirs, ours, SETS * VALUES)
    theirs, found_there = least(lambda: indexed(datasketch, their_made))
    ours, found_here = least(lambda: indexed(newsfold.sketch, our_made))
    assert found_there == found_here
    tell("insert and query", theirs, ours, 2 * SETS)


def tell(name, theirs, ours, count):
    print(f"{name:17} datasketch {theirs / count * 1e6:8.3f} µs, newsfold {ours / count * 1e6:7.3f} µs: "
          f"{theirs / ours:.1f} times")


def runs(articles):
    """dedup of frames and records beside the program, on made-up articles."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "made-up.jsonl", Path(folder) / "out"
        program = [sys.executable, "-m", "newsfold"]
        subprocess.run([*program, "synth", "--articles", str(articles), "-o", str(path)], check=True,
                       capture_output=True)
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        import pyarrow

        table = pyarrow.Table.from_pylist(records)
        told, _ = least(lambda: subprocess.run([*program, "dups", str(path), "-o", str(out), "-q"], check=True), 3)
        print(f"\n{articles:,} articles, {path.stat().st_size / 1e6:.0f} MB; the program, files written: {told:.2f} s")
        expected = newsfold.dedup(path).pairs.to_dict()
        for name, data in [("path", path), ("pyarrow", table), ("list of dicts", records)]:
            taken, found = least(lambda: newsfold.dedup(data), 3)
            assert found.pairs.to_dict() == expected
            print(f"dedup of a {name:14} {taken:6.2f} s: {taken / told:.2f} of the program")


if __name__ == "__main__":
    sketches()
    runs(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
