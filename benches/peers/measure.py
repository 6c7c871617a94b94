"""Runs one program to its end and says what it took, by the kernel's own account.

CPU seconds are user and system time of the process and of every child it waited for (wait4), with
all its threads; peak memory is the largest resident set of any one of them. A child begins as a copy
of its parent and inherits the parent's peak, so the caller should be a small process.
"""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a run took; `exit_code` is not 0 where it failed."""

    wall_s: float
    cpu_s: float
    user_s: float
    system_s: float
    peak_mb: float
    exit_code: int


def measure(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Runs `command` with both its outputs in `log`."""
    with log.open("wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        wall_s=round(wall, 3),
        cpu_s=round(usage.ru_utime + usage.ru_stime, 3),
        user_s=round(usage.ru_utime, 3),
        system_s=round(usage.ru_stime, 3),
        peak_mb=round(usage.ru_maxrss / 1024, 1),
        exit_code=process.returncode,
    )
