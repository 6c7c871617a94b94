"""An archive on disk."""

from __future__ import annotations

import datetime
import json
import os
import re
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple, Union

from . import _data, _native, _progress, _settings
from ._errors import ConfigError, warn_of_rejects
from ._results import Results

#: A moment, a day, or either as the program reads it.
Moment = Union[str, datetime.date, datetime.datetime]


class Archive:
    """An archive on disk: the articles of every batch, and what one run over all of them finds.

    It is the one that ``newsfold index`` makes and reads. Each call sees what other processes have added
    meanwhile; one writes at a time, and a batch is wholly in or wholly out.

    >>> import newsfold, tempfile
    >>> archive = newsfold.Archive.init(tempfile.mkdtemp())
    >>> text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved."
    >>> changes = archive.add([{"id": "wire", "outlet": "TNA", "text": text},
    ...                        {"id": "barn", "outlet": "Post", "text": "A barn burned near Orrin Falls."}])
    >>> changes["added"], len(archive)
    (['barn', 'wire'], 2)
    >>> seen = archive.query([text, "Nobody has seen this before."])
    >>> [[copy["id"] for copy in one["copies"]] for one in seen]
    [['wire'], []]
    """

    def __init__(self, folder: Union[str, os.PathLike], threads: int = 0) -> None:
        """The archive in this folder; ``threads`` work for it, one a core for 0."""
        self._archive = _native.Archive(os.fspath(folder), threads)
        self._folder = Path(folder)

    @classmethod
    def init(
        cls,
        folder: Union[str, os.PathLike],
        data: Any = None,
        *,
        fields: Optional[_settings.Fields] = None,
        progress: _progress.Progress = False,
        threads: int = 0,
        **settings: Any,
    ) -> Archive:
        """Makes an archive in a folder that is empty or not there. The settings stay with it.

        Its statistics are counted from ``data``, whose articles are not added: the more the better.
        Without data they are those that come with newsfold.
        """
        keywords = _settings.as_json({**settings, "threads": threads}, fields)
        given = None if data is None else _data.given(data)
        _told(progress, lambda told: _native.Archive.init(os.fspath(folder), given, keywords, told))
        return cls(folder, threads)

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._folder

    @property
    def generation(self) -> int:
        """How many states there were, the present one among them."""
        return self._archive.state()[0]

    def __len__(self) -> int:
        return self._archive.state()[1]

    def __repr__(self) -> str:
        return f"<newsfold archive: {len(self):,} articles in {self._folder}>"

    def add(
        self,
        data: Any,
        *,
        fields: Optional[_settings.Fields] = None,
        progress: _progress.Progress = False,
        **settings: Any,
    ) -> Dict[str, Any]:
        """Adds articles, wholly or not at all, and tells what that changed.

        ``added`` has the ids of the articles; ``groups`` the families, stories and storylines that are new,
        grown, merged, renamed, shrunk, split or gone; ``redirects`` the ids that lead elsewhere now.
        """
        keywords = _settings.as_json(settings, fields)
        given = _data.given(data)
        answer, rejects = _told(progress, lambda told: self._archive.add(*given, keywords, told))
        warn_of_rejects(rejects)
        return json.loads(answer)

    def query(
        self,
        data: Any,
        *,
        what: Union[str, Iterable[str]] = ("copies", "passages"),
        outlet: Optional[str] = None,
        date: Optional[Moment] = None,
        fields: Optional[_settings.Fields] = None,
        progress: _progress.Progress = False,
        **settings: Any,
    ) -> List[Dict[str, Any]]:
        """What of articles was seen before, in their order: ``copies``, ``story``, ``passages``.

        Copies and passages are looked up. The story, ``what=("copies", "stories", "passages")``, takes a run
        over all articles. ``outlet`` and ``date`` are of the articles that do not say so themselves.
        """
        keywords = _settings.as_json(settings, fields)
        names = what.split(",") if isinstance(what, str) else list(what)
        names = [name.strip() for name in names]
        given = _data.given([data] if isinstance(data, dict) else data)
        moment = _moment(date)

        def ask(told: Optional[_progress.Follower]) -> Tuple[str, List[Tuple[str, str]]]:
            return self._archive.query(given, names, outlet, moment, keywords, told)

        answer, rejects = _told(progress, ask)
        warn_of_rejects(rejects)
        return json.loads(answer)

    def remove(
        self,
        *,
        id: Union[str, Iterable[str]] = (),
        outlet: Union[str, Iterable[str]] = (),
        before: Optional[Moment] = None,
        progress: _progress.Progress = False,
    ) -> Dict[str, Any]:
        """Removes the articles that any of these names, and tells what that changed."""
        which = (_listed(id), _listed(outlet), _moment(before))
        if not any(which):
            raise TypeError("remove takes an id, an outlet or a date before which articles go")
        return json.loads(_told(progress, lambda told: self._archive.remove(*which, told)))

    def refresh(self, *, apply: bool = False, progress: _progress.Progress = False) -> Dict[str, Any]:
        """Counts the statistics anew from what it holds, and tells what that changes; ``apply`` does it."""
        return json.loads(_told(progress, lambda told: self._archive.refresh(apply, told)))

    def results(self, *, merged: bool = False, progress: _progress.Progress = False) -> Results:
        """What one run over all articles finds, as tables.

        ``merged=True`` fills ``merged_into`` of ``articles``, which hangs on the batches.
        """
        return Results(_told(progress, lambda told: self._archive.results(merged, told)), "run")

    def stats(self) -> Dict[str, Any]:
        """What it holds, in numbers."""
        return json.loads(self._archive.stats())

    def changes(self, *, after: int = 0) -> List[Dict[str, Any]]:
        """What each change did, from the first on. ``after`` leaves out those up to that state.

        Keep :attr:`generation`, and ask for what came after it next time.
        """
        _counts(after=after)
        return json.loads(self._archive.changes(after))

    def stories(
        self,
        *,
        day: Union[str, datetime.date, None] = None,
        outlet: Optional[str] = None,
        least: int = 2,
        skip: int = 0,
        limit: int = 50,
    ) -> Dict[str, Any]:
        """Stories as the last change left them, the last to grow first: ``of`` how many, and ``stories``.

        ``day`` (``"2024-05-31"``, UTC) and ``outlet`` keep those with an article of either. ``least`` is the
        fewest articles. No run is made. ``newsfold serve`` tells the same stories.
        """
        _counts(least=least, skip=skip, limit=limit)
        return json.loads(self._archive.stories(_day(day), outlet, least, skip, limit))

    def story(self, id: str) -> Optional[Dict[str, Any]]:
        """A ``story``, and its articles as ``members``; None where no story has this id or had it.

        The id of a story that was merged into another one leads to that.
        """
        answer = self._archive.story(id)
        return answer if answer is None else json.loads(answer)

    def outlet(self, name: str) -> Optional[Dict[str, Any]]:
        """An outlet: who printed copies of its articles later, and whose it printed; None for a strange name.

        It goes by whole copies and times of publication. The tables of :meth:`results` know passages and
        credits, too.
        """
        answer = self._archive.outlet(name)
        return answer if answer is None else json.loads(answer)

    def check(self, *, repair: bool = False) -> Dict[str, Any]:
        """Compares every file with what was written: ``sound``, and the ``faults``.

        ``repair`` makes again what can be made again. :func:`newsfold.check_archive` does the same for a
        folder that cannot be opened any more.
        """
        return check_archive(self._folder, repair=repair)

    def compact(self) -> Dict[str, Any]:
        """Puts articles into few files, and removes files of earlier states."""
        return json.loads(self._archive.compact())


def check_archive(folder: Union[str, os.PathLike], *, repair: bool = False) -> Dict[str, Any]:
    """Compares every file of an archive with what was written, also where it cannot be opened any more.

    >>> import newsfold, tempfile
    >>> archive = newsfold.Archive.init(tempfile.mkdtemp())
    >>> newsfold.check_archive(archive.folder)["sound"]
    True
    """
    sound, answer = _native.check_archive(os.fspath(folder), repair)
    return {"sound": sound, **json.loads(answer)}


def _told(progress: _progress.Progress, work: Callable[[Optional[_progress.Follower]], Any]) -> Any:
    """Does something that tells how far it is."""
    told = _progress.follower(progress)
    try:
        return work(told)
    finally:
        _progress.close(told)


def _listed(names: Union[str, Iterable[str]]) -> List[str]:
    return [names] if isinstance(names, str) else [str(name) for name in names]


def _counts(**numbers: int) -> None:
    for name, number in numbers.items():
        if not isinstance(number, int) or number < 0:
            raise ConfigError(f"{name}: {number!r} is no whole number from 0 on", name)


def _day(day: Union[str, datetime.date, None]) -> Optional[str]:
    """A day as ``2024-05-31``. A moment is one at midnight, as pandas has days."""
    if isinstance(day, datetime.datetime) and day.time() == datetime.time():
        day = day.date()
    if day is None:
        return None
    text = str(day)
    # Later versions of Python take weeks, too.
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return datetime.date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise ConfigError(f"day: {text!r} is no day; write it as 2024-05-31", "day")


def _moment(moment: Optional[Moment]) -> Optional[str]:
    """A moment as the engine reads it. One without a zone is in UTC, as in a table."""
    if isinstance(moment, datetime.datetime) and moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.isoformat() if isinstance(moment, datetime.date) else moment
