"""Does the machine grant two whole cores? Two busy processes against one, the same work each.

`cores` is the work that two processes did at once over what one does in that time: 2 where two whole
cores are there, less where they are two threads of one core or somebody else is busy. `cpu` is what the
work cost each of two over what it cost one alone: above 1 they slow each other (shared core, shared
cache, clock). No program can gain more from a second thread than `cores` says.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

ROUNDS = 5
LOOP = 12_000_000
WORK = f"""
import time
total = 0
for number in range({LOOP}):
    total ^= number * number
print(time.process_time())
"""


def busy(processes: int) -> tuple[float, float]:
    """Wall seconds until all are done, and the mean of their CPU seconds."""
    start = time.monotonic()
    running = [
        subprocess.Popen([sys.executable, "-c", WORK], stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    cpu = [float(process.communicate()[0]) for process in running]
    return time.monotonic() - start, statistics.mean(cpu)


def spin() -> dict[str, object]:
    """Medians over rounds that alternate one process and two."""
    rounds = []
    for _ in range(ROUNDS):
        alone, alone_cpu = busy(1)
        both, both_cpu = busy(2)
        rounds.append({"cores": round(2 * alone / both, 3), "cpu": round(both_cpu / alone_cpu, 3)})
    return {
        "cores": statistics.median(entry["cores"] for entry in rounds),
        "cpu": statistics.median(entry["cpu"] for entry in rounds),
        "rounds": rounds,
    }


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(json.dumps(spin()))
