"""How far a run is, on standard error: one line that is written over, in a terminal and in a notebook."""

from __future__ import annotations

import sys
from typing import Callable, Optional, Union

#: Told how far a run is: the stage, how much of it is done, and of how much where that is known.
Follower = Callable[[str, int, Optional[int]], object]
#: What the keyword ``progress`` takes.
Progress = Union[bool, Follower]


class _Line:
    """A line that is written over."""

    def __init__(self) -> None:
        self._width = 0

    def __call__(self, stage: str, done: int, total: Optional[int]) -> None:
        share = f" {min(done, total):,} of {total:,}" if total else f" {done:,}" if done else ""
        self._write(f"newsfold: {stage}{share}")

    def _write(self, text: str) -> None:
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)

    def close(self) -> None:
        if self._width:
            self._write("")
            sys.stderr.write("\r")
            sys.stderr.flush()


def follower(progress: Progress) -> Optional[Follower]:
    """Whoever is told."""
    if callable(progress):
        return progress
    return _Line() if progress else None


def close(told: Optional[Follower]) -> None:
    """The run is over."""
    if isinstance(told, _Line):
        told.close()
