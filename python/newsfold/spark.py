"""Near-duplicates, stories and passages on Spark: the rows that one machine finds, from as many as there are.

``pip install newsfold[spark]`` brings Spark; the wheel must be on every worker. From a session:

    from newsfold.spark import near_duplicates

    found = near_duplicates(frame, statistics="archive.statistics", checkpoint="hdfs:///tmp/copies")
    found.families.show()

and as a program: ``python -m newsfold.spark --master URL INPUT... -o OUT``.
"""

from __future__ import annotations

import os
from typing import Any, Collection, List, Mapping, Optional, Union

from . import _native, _settings
from ._errors import ConfigError

__all__ = ["connected_components", "near_duplicates", "passages", "run", "stories"]

#: The settings that mean something here.
SETTINGS = (
    "seed",
    "ngram",
    "num_perm",
    "threshold",
    "recall",
    "method",
    "containment",
    "within",
    "same_outlet",
    "across_outlets",
    "ignore",
    "keep",
    "max_loss",
    "lossless",
    "templates",
    "field",
)
#: Those of stories.
STORY_SETTINGS = ("window", "story_preset", "story_threshold")
#: Those of passages.
PASSAGE_SETTINGS = ("min_passage", "sensitivity")
#: Those that name files, which the driver reads.
_FILES = ("background", "ignore")


def near_duplicates(
    frame: Any,
    *,
    statistics: Optional[Union[str, "os.PathLike[str]"]] = None,
    checkpoint: Optional[str] = None,
    records: bool = False,
    fields: Optional[_settings.Fields] = None,
    **settings: Any,
) -> Any:
    """Pairs and families of near-duplicates among the rows of a frame of Spark.

    Columns are found by the names that news tools give them, as in :func:`newsfold.dedup`; with
    ``records=True`` each row has names of its own, as in JSON Lines. ``statistics`` is a file of ``newsfold
    background``; without it the driver counts them, for which all rows come to it. ``checkpoint`` is a folder
    that driver and executors see: each call makes one of its own in it, which what is returned reads from.

    What is returned has the frames ``pairs``, ``families``, ``articles``, ``remove``, ``keep`` and
    ``rejects``, the ``rounds`` that components took, and the ``stages`` with their rows and bytes; ``drop()``
    removes the folder.
    """
    return _found(frame, (), statistics, checkpoint, records, fields, settings)


def stories(
    frame: Any,
    *,
    statistics: Optional[Union[str, "os.PathLike[str]"]] = None,
    checkpoint: Optional[str] = None,
    records: bool = False,
    fields: Optional[_settings.Fields] = None,
    **settings: Any,
) -> Any:
    """Stories and storylines among the rows of a frame of Spark, and the near-duplicates under them.

    It is called as :func:`near_duplicates` is. What is returned has the frames ``stories`` and ``storylines``
    too, ``articles`` tells of each its story, and ``largest`` is what one task had to hold at the most.
    """
    return _found(frame, ("stories",), statistics, checkpoint, records, fields, settings)


def passages(
    frame: Any,
    *,
    statistics: Optional[Union[str, "os.PathLike[str]"]] = None,
    checkpoint: Optional[str] = None,
    records: bool = False,
    fields: Optional[_settings.Fields] = None,
    **settings: Any,
) -> Any:
    """Passages among the rows of a frame of Spark, and the near-duplicates.

    It is called as :func:`near_duplicates` is. What is returned has the frames ``passages``, ``occurrences``,
    ``alignments`` and ``edges`` too, ``articles`` tells of each what it copied, and ``largest`` is what one task had
    to hold at the most.
    """
    return _found(frame, ("passages",), statistics, checkpoint, records, fields, settings)


def run(
    frame: Any,
    *,
    statistics: Optional[Union[str, "os.PathLike[str]"]] = None,
    checkpoint: Optional[str] = None,
    records: bool = False,
    fields: Optional[_settings.Fields] = None,
    **settings: Any,
) -> Any:
    """Near-duplicates, :func:`stories` and :func:`passages` at once."""
    return _found(frame, ("stories", "passages"), statistics, checkpoint, records, fields, settings)


def _found(
    frame: Any,
    wanted: Collection[str],
    statistics: Any,
    checkpoint: Optional[str],
    records: bool,
    fields: Optional[_settings.Fields],
    settings: Mapping[str, Any],
) -> Any:
    _pyspark()
    from ._spark_copies import find, statistics_of

    keywords, told = _checked(settings, fields, statistics, wanted)
    parts = _native.check(keywords)
    known = statistics_of(None if statistics else _brought(frame), told, wanted)
    stages = _stages(frame.sparkSession, checkpoint)
    return find(stages, frame, keywords, parts, known, records, wanted)


def connected_components(edges: Any, *, checkpoint: Optional[str] = None) -> Any:
    """The components of a graph of edges ``a``, ``b`` (long): ``doc`` and ``component``, the least in it; and
    in how many rounds they were found.
    """
    _pyspark()
    from ._spark_components import components

    return components(_stages(edges.sparkSession, checkpoint), edges)


def _pyspark() -> None:
    try:
        import pyarrow  # noqa: F401
        import pyspark.sql  # noqa: F401
    except ImportError as error:
        needed = "newsfold.spark needs pyspark and pyarrow: pip install 'newsfold[spark]'"
        raise ImportError(needed) from error


def _checked(
    settings: Mapping[str, Any], fields: Optional[_settings.Fields], statistics: Any, wanted: Collection[str]
) -> List[str]:
    """The settings for the kernels, and those for the driver, which reads the files that they name."""
    for name in settings:
        for part, own in (("stories", STORY_SETTINGS), ("passages", PASSAGE_SETTINGS)):
            if name in own and part not in wanted:
                raise ConfigError(f"{name}: {_asked(wanted)} have no use for it; {part} do", name)
        if name in _settings.NAMES and name not in (*SETTINGS, *STORY_SETTINGS, *PASSAGE_SETTINGS):
            hint = "; give statistics" if name == "background" else ""
            raise ConfigError(f"{name}: there is no such setting on Spark{hint}", name)
    driver = {**settings, "background": statistics} if statistics else dict(settings)
    kernels = {name: value for name, value in settings.items() if name not in _FILES}
    return [_settings.as_json(kernels, fields), _settings.as_json(driver, fields)]


def _asked(wanted: Collection[str]) -> str:
    return " and ".join(wanted) or "near-duplicates"


def _brought(frame: Any) -> Any:
    """All rows of a frame, in Arrow, at the driver."""
    if hasattr(frame, "toArrow"):
        return frame.toArrow()
    import pyarrow

    return pyarrow.Table.from_pandas(frame.toPandas(), preserve_index=False)


def _stages(spark: Any, checkpoint: Optional[str]) -> Any:
    """Stages in a new folder."""
    import tempfile
    import uuid

    from ._spark_stages import Stages

    if checkpoint is None:
        if not spark.sparkContext.master.startswith("local"):
            raise ConfigError("checkpoint: name a folder that driver and executors see", "checkpoint")
        checkpoint = tempfile.gettempdir()
    stages = Stages(spark, f"{checkpoint.rstrip('/')}/newsfold-{uuid.uuid4().hex}")
    stages.begin({"version": _native.__version__})
    return stages


if __name__ == "__main__":
    from newsfold._spark_program import main

    raise SystemExit(main())
