"""Turns the raw results of a run into a Markdown table."""

import statistics
from collections.abc import Callable, Sequence
from typing import Any

from entrants import NUM_PERM, REFERENCE, THRESHOLD

Run = dict[str, Any]


def ratios(runs: Sequence[Run]) -> list[float]:
    """CPU seconds over those of the reference's run just before."""
    return [run["cpu_s"] / run["against_cpu_s"] for run in runs if "against_cpu_s" in run]


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f}"


def median(runs: Sequence[Run], figure: Callable[[Run], float]) -> float:
    return statistics.median(figure(run) for run in runs)


def line(entrant: dict[str, Any]) -> str:
    """One row of the table."""
    runs = [run for run in entrant["runs"] if run["exit_code"] == 0]
    if not runs:
        return f"| {entrant['name']} | failed |" + " |" * 12
    against = ratios(runs)
    spread = "1"
    if against:
        spread = f"{statistics.median(against):.1f} ({min(against):.1f}–{max(against):.1f})"
    plain, own = (runs[0]["found"][words] for words in ("plain", "newsfold"))
    shape = {"bands": entrant["bands"], "rows": entrant["rows"]}
    parameters = runs[0]["found"].get("parameters", {})
    if parameters.get("method") == "minhash":
        shape = parameters
    cells = [
        entrant["name"],
        f"{shape['bands']}×{shape['rows']}" if shape["bands"] else "–",
        entrant["verifies"],
        f"{median(runs, lambda run: run['cpu_s']):.2f}",
        spread,
        f"{median(runs, lambda run: run['wall_s']):.2f}",
        f"{median(runs, lambda run: run['found']['startup_cpu_s']):.2f}",
        f"{median(runs, lambda run: run['peak_mb']):.0f}",
        percent(plain.get("recall")),
        percent(plain.get("precision")),
        percent(own.get("recall")),
        percent(own.get("precision")),
        f"{percent(plain['copies_recall'])} / {percent(plain['copies_precision'])}",
        str(plain.get("largest", "–")),
        "yes" if len({run["found"]["digest"] for run in runs}) == 1 else "no",
    ]
    return "| " + " | ".join(cells) + " |"


def markdown(result: dict[str, Any]) -> str:
    """The whole page."""
    corpus, machine, spin = result["corpus"], result["machine"], result["spin"]
    entrants = result["entrants"]
    reference = next(entry["runs"] for entry in entrants if entry["name"] == REFERENCE)
    heads = [
        "tool", "bands×rows", "verifies", "CPU s", "× newsfold", "wall s", "start-up CPU s", "peak MB",
        "recall %", "precision %", "recall %, newsfold's words", "precision %, newsfold's words",
        "copies: recall / precision %", "largest family", "same answer each round",
    ]  # fmt: skip
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    two = next((entry for entry in entrants if entry["threads"] == 2), None)
    threads = ""
    if two and two["runs"]:
        gain = median(reference, lambda run: run["wall_s"]) / median(
            two["runs"], lambda run: run["wall_s"]
        )
        threads = f" newsfold on two threads took 1/{gain:.2f} of its wall time on one."
    loads = ", ".join(f"{load:.1f}" for load in result["load_at_round"])
    return "\n".join(
        [
            f"# {result['date']}, {machine['name']}",
            "",
            f"Corpus: {corpus['name']}, {corpus['articles']:,} texts, {corpus['bytes'] / 1e6:.1f} MB"
            f" ({corpus['kind']}), SHA-256 {corpus['sha256'][:16]}…  ",
            f"Job: JSON Lines in, families out; word 5-grams, threshold {THRESHOLD}, {NUM_PERM} permutations,"
            f" one thread, {result['rounds']} alternating rounds.  ",
            f"Exact pairs: {corpus['pairs']['plain']:,} by plain words, {corpus['pairs']['newsfold']:,} by"
            " newsfold's.  ",
            f"Machine: {machine['cpu']}, {machine['cpus']} CPUs, {machine['memory_gb']} GB,"
            f" {machine['simd']}; load at the start of each round {loads}.  ",
            f"Spin test: two busy processes got {spin['before']['cores']} cores before and"
            f" {spin['after']['cores']} after (2 is two whole cores), each at {spin['before']['cpu']} and"
            f" {spin['after']['cpu']} times the CPU time of one alone.{threads}  ",
            f"Versions: {versions}.",
            *([f"Note: {result['note']}"] if result["note"] else []),
            "",
            "CPU s is the median of the rounds, of the whole process with start-up and reading; × newsfold"
            " is the median ratio to the run of newsfold just before, with the least and the greatest.",
            "",
            "| " + " | ".join(heads) + " |",
            "|" + " --- |" * len(heads),
            *(line(entrant) for entrant in entrants),
            "",
        ]
    )
