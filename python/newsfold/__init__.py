"""Finds the copies, the stories and the shared passages in a pile of news articles.

>>> import newsfold
>>> text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved."
>>> found = newsfold.dedup([("wire", text), ("post", text), ("other", "A barn burned near Orrin Falls.")])
>>> found.families[0]["articles"]
2
>>> found.pairs.column("jaccard")
[1.0]

**Data** is an iterable of dicts, of tuples ``(id, text)`` or of texts; a frame of pandas or polars; a
table of pyarrow; anything else with Arrow's C interface; or a path, which is read as the program reads
it. Fields are found by the names that news tools give them (``text``, ``title``, ``outlet``,
``published``, ``url``, ``id``, ``lang`` and many more); ``fields={"text": "body"}`` names another.
A record without an id is called after its label in the frame's index, or its place from 0.

**Settings** are those of ``newsfold --help`` and its configuration file, as keywords: ``threshold=0.8``,
``keep="longest"``, ``max_loss=0.1``.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional, Union

from . import _data, _native, _progress, _settings
from ._archive import Archive, check_archive
from ._errors import (
    ConfigError,
    InputError,
    NewsfoldError,
    NewsfoldWarning,
    NotLookedFor,
    OutputError,
    UnknownArticle,
    warn_of_rejects,
)
from ._pair import Answer
from ._results import Results
from ._table import Table

__version__: str = _native.__version__

__all__ = [
    "Answer",
    "Archive",
    "ConfigError",
    "InputError",
    "NewsfoldError",
    "NewsfoldWarning",
    "NotLookedFor",
    "OutputError",
    "Results",
    "Table",
    "UnknownArticle",
    "check_archive",
    "compare",
    "dedup",
    "explain",
    "passages",
    "run",
    "stories",
]


def run(
    data: Any,
    *,
    fields: Optional[_settings.Fields] = None,
    progress: _progress.Progress = False,
    **settings: Any,
) -> Results:
    """Copies, stories and passages of articles.

    ``progress=True`` shows on standard error how far it is; a function is told instead. Ctrl-C stops
    it. Other threads of Python go on meanwhile.

    >>> import newsfold
    >>> found = newsfold.run([{"id": 1, "body": "A barn burned down near Orrin Falls on Sunday."}],
    ...                      fields={"text": "body"}, threads=1)
    >>> found.articles.column("id")
    [1]
    """
    return _run("run", data, fields, progress, settings)


def dedup(
    data: Any,
    *,
    fields: Optional[_settings.Fields] = None,
    progress: _progress.Progress = False,
    **settings: Any,
) -> Results:
    """Near-duplicates only, and which article of each family to keep.

    >>> import newsfold
    >>> found = newsfold.dedup(["one and the same text", "another text", "one and the same text"])
    >>> found.remove.to_dict()["id"], found.remove.to_dict()["kept_id"]
    ([2], [0])
    """
    return _run("dedup", data, fields, progress, settings)


def stories(
    data: Any,
    *,
    fields: Optional[_settings.Fields] = None,
    progress: _progress.Progress = False,
    **settings: Any,
) -> Results:
    """Stories and storylines, and the families under them."""
    return _run("stories", data, fields, progress, settings)


def passages(
    data: Any,
    *,
    fields: Optional[_settings.Fields] = None,
    progress: _progress.Progress = False,
    **settings: Any,
) -> Results:
    """Passages that occur more than once.

    ``start`` and ``end`` of an occurrence count characters, as Python does.

    >>> import newsfold
    >>> shared = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety on board were saved."
    >>> texts = {"wire": shared + " The captain blamed fog.", "post": "Rescue at sea. " + shared}
    >>> found = newsfold.passages(list(texts.items()), min_passage=5)
    >>> {texts[row["id"]][row["start"]:row["end"]] for row in found.occurrences} == {shared[:-1]}
    True
    """
    return _run("passages", data, fields, progress, settings)


def explain(
    data: Any,
    a: Union[str, int],
    b: Union[str, int],
    *,
    fields: Optional[_settings.Fields] = None,
    **settings: Any,
) -> Answer:
    """Why two articles of the data, named by their ids, are or are not together.

    >>> import newsfold
    >>> text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved."
    >>> why = newsfold.explain([text, text, "A barn burned near Orrin Falls."], 0, 1)
    >>> why["near_duplicates"]["jaccard"], why["near_duplicates"]["verdict"]
    (1.0, True)
    """
    given = _data.given(data)
    return Answer(_native.explain(*given, str(a), str(b), _settings.as_json(settings, fields)))


def compare(
    a: Any,
    b: Any,
    data: Any = None,
    *,
    fields: Optional[_settings.Fields] = None,
    **settings: Any,
) -> Answer:
    """What two articles share, side by side: two texts or records, or two ids of ``data``.

    >>> import newsfold
    >>> answer = newsfold.compare(
    ...     "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety on board were saved.",
    ...     "The ferry Hesper ran aground off Havenmouth at dawn, and all but one on board were saved.",
    ...     min_passage=5)
    >>> answer["a"]["words"], answer["a"]["same_words"]
    (16, 15)
    """
    if data is None:
        given = _data.given([_called(a, "a"), _called(b, "b")])
        a, b = "a", "b"
    else:
        given = _data.given(data)
    return Answer(_native.compare(*given, str(a), str(b), _settings.as_json(settings, fields)))


def _called(article: Any, name: str) -> Mapping[str, Any]:
    """A text or a record under this id."""
    return {"id": name, "text": article} if isinstance(article, str) else {**article, "id": name}


def _run(
    command: str,
    data: Any,
    fields: Optional[_settings.Fields],
    progress: _progress.Progress,
    settings: Mapping[str, Any],
) -> Results:
    keywords = _settings.as_json(settings, fields)
    told = _progress.follower(progress)
    try:
        found = _native.run(command, *_data.given(data), keywords, told)
    finally:
        _progress.close(told)
    warn_of_rejects(found.rejects, callers=4)
    return Results(found, command)
