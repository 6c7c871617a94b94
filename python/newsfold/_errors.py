"""What can go wrong, as exceptions."""

from __future__ import annotations

import warnings
from typing import List, Optional, Tuple


class NewsfoldError(Exception):
    """Everything that ends a run before its results."""


class ConfigError(NewsfoldError, ValueError):
    """A setting that cannot be meant."""

    #: The setting's name, as a keyword.
    setting: Optional[str]

    def __init__(self, message: str, setting: Optional[str] = None) -> None:
        super().__init__(message)
        self.setting = setting


class InputError(NewsfoldError, ValueError):
    """Data that holds nothing to work on, or with ``strict=True`` a record that is no article."""

    #: The place of the record among the others, counted from 0; None where it is about all of them.
    record: Optional[int]

    def __init__(self, message: str, record: Optional[int] = None) -> None:
        super().__init__(message)
        self.record = record


class OutputError(NewsfoldError, OSError):
    """Results that cannot be written."""


class UnknownArticle(NewsfoldError, LookupError):
    """No article has the id that was asked for."""


class NotLookedFor(NewsfoldError, AttributeError):
    """A table of something that this command does not look for."""


class NewsfoldWarning(UserWarning):
    """What whoever reads the results should know, as of records that are no articles."""


def warn_of_rejects(rejects: List[Tuple[str, str]], callers: int = 3) -> None:
    """Warns of records that are no articles, at the place of so many calls above."""
    if rejects:
        place, reason = rejects[0]
        warnings.warn(
            f"{len(rejects):,} records are no articles; the first is {place}: {reason}",
            NewsfoldWarning,
            stacklevel=callers,
        )
