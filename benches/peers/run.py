"""Runs newsfold and its peers on one corpus, by turns, and writes what each took and found.

    python3 benches/peers/run.py CORPUS.jsonl            a corpus of your own: only figures are kept
    python3 benches/peers/run.py --synth 40000           a made-up one

Needs `cargo build --release` done before, a Rust toolchain, Python 3.11 or later, and the registries
once. It makes a virtual environment, installs requirements.txt, builds the folder gaoya, computes the
exact pairs, measures the machine with spin.py, and then lets everybody run once a round, each of the peers
just after a run of newsfold. Results go to
results/<date>-<machine>-<corpus>.json (every run of every round) and .md (the table). README.md says how to read
them and what speaks against them.
"""

import argparse
import datetime
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from entrants import ENTRANTS, REFERENCE, THRESHOLD, Entrant, Tools
from measure import measure
from report import markdown
from spin import spin

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
SYNTH_SEED = 1


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    corpus = parser.add_mutually_exclusive_group(required=True)
    corpus.add_argument("corpus", type=Path, nargs="?", help="JSON Lines with a key `text`")
    corpus.add_argument("--synth", type=int, metavar="N", help="make up N articles instead")
    parser.add_argument("--name", help="what the corpus is called in the results")
    parser.add_argument("--newsfold", type=Path, default=REPOSITORY / "target/release/newsfold")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", metavar="TEXT", help="those with TEXT in their name, and newsfold")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "target/peers", help="scratch")
    parser.add_argument("--venv", type=Path, help="virtual environment [default: in the scratch]")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    machine = f"{platform.machine()}-{os.cpu_count()}cpu"
    parser.add_argument("--machine", default=machine, help="its name in the results [%(default)s]")
    parser.add_argument("--note", default="", help="a remark that stands in the results")
    return parser.parse_args()


def prepare(job: argparse.Namespace) -> Tools:
    """Installs and builds the peers; both do nothing where it is done already."""
    venv = job.venv or job.work / "venv"
    python = venv / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")]
    subprocess.run(install, check=True)
    target = job.work / "gaoya"
    # The crate has no run-time detection: it gets all that this machine has.
    flags = {"CARGO_TARGET_DIR": str(target), "RUSTFLAGS": "-C target-cpu=native"}
    manifest = ["--manifest-path", str(HERE / "gaoya/Cargo.toml")]
    build = ["cargo", "build", "--release", "--locked", "--quiet", *manifest]
    subprocess.run(build, check=True, env={**os.environ, **flags})
    return Tools(job.newsfold.resolve(), python.absolute(), target / "release/peer_gaoya")


def corpus_of(job: argparse.Namespace) -> tuple[Path, dict[str, Any]]:
    """The corpus and what may be said of it."""
    path = job.corpus
    if job.synth:
        path = job.work / f"synth-{job.synth}.jsonl"
        made = ["--articles", str(job.synth), "--seed", str(SYNTH_SEED), "--output", str(path)]
        subprocess.run([str(job.newsfold), "synth", "--quiet", *made], check=True)
    content = hashlib.sha256()
    articles = 0
    with path.open("rb") as file:
        for line in file:
            content.update(line)
            articles += 1
    facts = {
        "name": job.name or path.name,
        "kind": f"made up, seed {SYNTH_SEED}" if job.synth else "real, not published",
        "articles": articles,
        "bytes": path.stat().st_size,
        "sha256": content.hexdigest(),
    }
    return path.resolve(), facts


def exact_pairs(
    job: argparse.Namespace, tools: Tools, corpus: Path, facts: dict[str, Any]
) -> list[Path]:
    """The tables of exact pairs, computed once a corpus."""
    tables = []
    facts["pairs"] = {}
    for words in ("plain", "newsfold"):
        table = job.work / f"truth-{facts['sha256'][:16]}" / f"{words}.tsv"
        if not table.exists():
            table.parent.mkdir(parents=True, exist_ok=True)
            part = table.with_suffix(".part")
            command = [str(tools.python), str(HERE / "truth.py"), str(corpus), "--words", words]
            rest = ["--floor", str(THRESHOLD), "--out", str(part)]
            subprocess.run([*command, *rest], check=True)
            part.rename(table)
        with table.open() as lines:
            facts["pairs"][words] = sum(1 for _ in lines)
        tables.append(table)
    return tables


def machine(name: str) -> dict[str, Any]:
    """What is known of the machine, from Linux's /proc."""
    lines = [
        line.split(":", 1) for line in Path("/proc/cpuinfo").read_text().splitlines() if ":" in line
    ]
    fields = {field.strip(): value.strip() for field, value in lines}
    simd = [flag for flag in ("avx2", "avx512f") if flag in fields.get("flags", "").split()]
    return {
        "name": name,
        "cpu": f"{fields.get('model name')}, family {fields.get('cpu family')} model {fields.get('model')}",
        "cpus": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "simd": ", ".join(simd) or "neither avx2 nor avx512f",
        "system": platform.system(),
    }


def versions(tools: Tools) -> dict[str, str]:
    """Versions of what runs; the peers' own are added as they report them."""
    asked = {
        "newsfold": [str(tools.newsfold), "--version"],
        "rustc": ["rustc", "--version"],
        "Python": [str(tools.python), "--version"],
    }
    said = {
        name: subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]
        for name, command in asked.items()
    }
    pinned = (HERE / "requirements.txt").read_text().splitlines()
    return said | dict(line.split("==") for line in pinned if "==" in line)


def run_one(
    entrant: Entrant, tools: Tools, corpus: Path, truths: list[Path], work: Path
) -> dict[str, Any]:
    """One run of one entrant, measured and scored."""
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    environment = dict(os.environ)
    if entrant.program != "newsfold":
        threads = str(entrant.threads)
        for variable in ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            environment[variable] = threads
        # No time for progress bars, and nothing sent home.
        environment |= {"DAFT_PROGRESS_BAR": "0", "DAFT_ANALYTICS_ENABLED": "0", "DO_NOT_TRACK": "1"}
    log = work / "log.txt"
    cost = asdict(measure(entrant.command(tools, corpus, out), log, environment))
    if cost["exit_code"] != 0:
        print(log.read_text(errors="replace")[-2000:], file=sys.stderr)
        return cost
    score = [str(tools.python), str(HERE / "score.py"), str(out), "--threshold", str(THRESHOLD)]
    found = subprocess.run(
        [*score, "--truth", *map(str, truths)], check=True, capture_output=True, text=True
    )
    return cost | {"found": json.loads(found.stdout)}


def main() -> None:
    job = options()
    job.work.mkdir(parents=True, exist_ok=True)
    job.work = job.work.resolve()
    tools = prepare(job)
    corpus, facts = corpus_of(job)
    truths = exact_pairs(job, tools, corpus, facts)
    entrants = [
        entrant
        for entrant in ENTRANTS
        if not job.only or entrant.name == REFERENCE or job.only in entrant.name
    ]
    result: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "note": job.note,
        "machine": machine(job.machine),
        "versions": versions(tools),
        "corpus": facts,
        "spin": {"before": spin()},
        "rounds": job.rounds,
        "load_at_round": [],
        "entrants": [{**asdict(entrant), "runs": []} for entrant in entrants],
    }
    for number in range(1, job.rounds + 1):
        result["load_at_round"].append(round(os.getloadavg()[0], 2))
        for entrant, entry in zip(entrants, result["entrants"], strict=True):
            if entrant.name != REFERENCE:
                # newsfold is so short that what the machine does meanwhile weighs: each of the others
                # is held against the run just before it.
                before = {"round": number, **run_one(entrants[0], tools, corpus, truths, job.work)}
                result["entrants"][0]["runs"].append(before)
            run = {"round": number, **run_one(entrant, tools, corpus, truths, job.work)}
            if entrant.name != REFERENCE:
                run["against_cpu_s"] = before["cpu_s"]
            entry["runs"].append(run)
            print(f"round {number}: {entrant.name}: {run['cpu_s']} CPU s", file=sys.stderr)
    result["spin"]["after"] = spin()

    job.results.mkdir(parents=True, exist_ok=True)
    page = markdown(result)
    stem = f"{result['date']}-{job.machine}-{Path(facts['name']).stem}"
    (job.results / f"{stem}.json").write_text(json.dumps(result, indent=1) + "\n")
    (job.results / f"{stem}.md").write_text(page)
    print(page)


if __name__ == "__main__":
    main()
