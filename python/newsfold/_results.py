"""What a run found."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from . import _native
from ._errors import NotLookedFor
from ._table import Table, as_html

#: What looks for what a command did not.
_LOOKED_FOR_BY = {
    "pairs": "dedup, stories and run do",
    "families": "dedup, stories and run do",
    "remove": "dedup, stories and run do",
    "keep": "dedup, stories and run do",
    "stories": "stories and run do",
    "storylines": "stories and run do",
}


class _TableOf:
    """A table as an attribute, made when it is first asked for."""

    def __init__(self, about: str) -> None:
        self.__doc__ = about

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, results: Optional[Results], owner: type) -> Any:
        return self if results is None else results.table(self._name)


class Results:
    """What a run found, as tables.

    A table that the command does not look for raises :class:`newsfold.NotLookedFor`. The columns are
    those of the program's files, which ``docs/tables.md`` explains; ``table.about`` does too.

    >>> import newsfold
    >>> text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved."
    >>> found = newsfold.run([
    ...     {"id": "wire", "text": text, "published": "2024-05-01T09:00:00Z"},
    ...     {"id": "post", "text": text, "published": "2024-05-01T11:30:00Z"},
    ...     {"id": "other", "text": "Nobody was hurt when a barn burned down near Orrin Falls."},
    ... ])
    >>> found.remove[0]["id"], found.remove[0]["kept_id"]
    ('post', 'wire')
    >>> found.keep.column("id")
    ['wire', 'other']
    >>> found.counts["families"]
    1
    """

    articles = _TableOf("The articles, in order of publication.")
    pairs = _TableOf("The pairs of near-duplicates.")
    families = _TableOf("The families of near-duplicates.")
    stories = _TableOf("The stories.")
    storylines = _TableOf("The storylines.")
    passages = _TableOf("The passages.")
    occurrences = _TableOf("The places where the passages stand.")
    alignments = _TableOf("The passages, a pair of places a row.")
    outlets = _TableOf("What each outlet copied, and from whom it was copied.")
    network = _TableOf("Who follows whom.")
    edges = _TableOf("Who follows whom, by pairs of articles.")
    agencies = _TableOf("What each outlet printed of each agency's, by month.")
    remove = _TableOf("The articles that may be removed, and what is kept in their place.")

    def __init__(self, found: _native.Results, command: str) -> None:
        self._found = found
        self._command = command
        self._tables: Dict[str, Table] = {}

    @property
    def tables(self) -> List[str]:
        """The names of the tables of what was looked for."""
        return self._found.tables

    def table(self, name: str) -> Table:
        """The table of this name."""
        if name not in self._tables:
            if name not in self._found.tables:
                who = _LOOKED_FOR_BY.get(name, "passages and run do")
                raise NotLookedFor(f"{self._command} does not look for {name}; {who}")
            self._tables[name] = Table(self._found.table(name), name)
        return self._tables[name]

    @property
    def keep(self) -> Table:
        """The articles that stay: the rows of ``articles`` that no other stands for."""
        if "families" not in self._found.tables:
            raise NotLookedFor(f"{self._command} does not look for keep; {_LOOKED_FOR_BY['keep']}")
        if "keep" not in self._tables:
            self._tables["keep"] = Table(self._found.kept(), "keep")
        return self._tables["keep"]

    @property
    def mask(self) -> List[bool]:
        """For each record of the data, in its order, whether it stays: ``frame[found.mask]``.

        A record that is no article stays too, since nothing stands for it.

        >>> import newsfold
        >>> newsfold.dedup(["one and the same text", "another text", "one and the same text"]).mask
        [True, True, False]
        """
        if not self._found.in_memory:
            raise NotLookedFor("mask is of data in memory; files have the setting write_kept")
        kept, rows = self.table("articles").column("kept"), self.table("articles").column("row")
        mask = [True] * (len(rows) + len(self.rejects))
        for stays, row in zip(kept, rows):
            mask[row - 1] = stays is not False
        return mask

    @property
    def counts(self) -> Dict[str, Any]:
        """The numbers of the run; None for what was not looked for."""
        return json.loads(self._found.counts())

    @property
    def rejects(self) -> List[Tuple[str, str]]:
        """The records that are no articles: where each stands, and why."""
        return self._found.rejects

    @property
    def warnings(self) -> List[str]:
        """What whoever reads the results should know."""
        return self._found.warnings

    def save(
        self,
        out: Union[str, os.PathLike, None] = None,
        format: Union[str, Sequence[str], None] = None,
        report_max: Optional[str] = None,
    ) -> Path:
        """Writes what the program writes: tables, lists and the page; all of it or nothing.

        ``out`` is the folder; without it, the setting ``output``. The other two go before the settings
        of the same name. Returns the folder.
        """
        if isinstance(format, str):
            format = [name.strip() for name in format.split(",")]
        formats = None if format is None else list(format)
        return Path(self._found.save(None if out is None else os.fspath(out), formats, report_max))

    def __repr__(self) -> str:
        return f"<newsfold results: {', '.join(f'{n:,} {what}' for what, n in self._told())}>"

    def _repr_html_(self) -> str:
        return as_html("newsfold", ["found", "number"], self._told())

    def _told(self) -> List[Tuple[str, int]]:
        counts = self.counts
        named = ("articles", "pairs", "families", "copies", "stories", "storylines", "passages", "rejects")
        return [(name, counts[name]) for name in named if counts.get(name) is not None]
