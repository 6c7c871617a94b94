"""The engine's row kernels as functions on batches, which Spark calls where the rows are.

What is here runs in the workers' Python. It must be importable there, and holds no formula: a kernel is the
engine's own.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, Iterable, Iterator

from . import _native

#: Rows of one task are counted from its number times this.
ROWS_A_TASK = 1 << 33

#: What a task gets and gives.
Batches = Iterable[Any]
#: What `mapInArrow` takes.
Mapped = Callable[[Batches], Iterator[Any]]


def _given(rows: Any) -> Iterator[Any]:
    import pyarrow

    for batch in pyarrow.RecordBatchReader.from_stream(rows):
        if batch.num_rows:
            yield batch


def _through(kernel: Any, batches: Batches) -> Iterator[Any]:
    for batch in batches:
        yield from _given(kernel.push(batch))
    yield from _given(kernel.finish())


def _each(function: Callable[[Any], Any], batches: Batches) -> Iterator[Any]:
    for batch in batches:
        yield from _given(function(batch))


def _read(settings: str, statistics: Any, records: bool, stories: bool, batches: Batches) -> Iterator[Any]:
    from pyspark import TaskContext

    task = TaskContext.get()
    first = (task.partitionId() if task else 0) * ROWS_A_TASK
    yield from _through(_native.ArticleReader(settings, statistics.value, records, stories, first), batches)


def _band_rows(articles: int, batches: Batches) -> Iterator[Any]:
    return _each(lambda batch: _native.band_rows(batch, articles), batches)


def _sample_rows(batches: Batches) -> Iterator[Any]:
    return _each(_native.sample_rows, batches)


def _short_of_lists(batches: Batches) -> Iterator[Any]:
    return _each(_native.short_of_lists, batches)


def _kernel(name: str, arguments: tuple, batches: Batches) -> Iterator[Any]:
    return _through(getattr(_native, name)(*arguments), batches)


def _told_by(name: str, statistics: Any, arguments: tuple, batches: Batches) -> Iterator[Any]:
    return _through(getattr(_native, name)(*arguments, statistics.value), batches)


def reader(settings: str, statistics: Any, records: bool, stories: bool) -> Mapped:
    """Rows of a caller to articles with their sketches; ``statistics`` is a broadcast of bytes."""
    return partial(_read, settings, statistics, records, stories)


def band_rows(articles: int) -> Mapped:
    """Sketches to their bands, a row each."""
    return partial(_band_rows, articles)


def sample_rows() -> Mapped:
    """Sketches to the keys of their samples, a row each."""
    return _sample_rows


def short_of_lists() -> Mapped:
    """Those articles that have to be looked for in a long list."""
    return _short_of_lists


def kernel(name: str, *arguments: Any) -> Mapped:
    """The kernel of this name, which keeps what it needs from one batch of a task to the next."""
    return partial(_kernel, name, arguments)


def told_by(name: str, statistics: Any, *arguments: Any) -> Mapped:
    """The same for a kernel that goes by statistics, of which this is a broadcast of bytes."""
    return partial(_told_by, name, statistics, arguments)


#: What kernels give, as Spark writes it.
ARTICLE = (
    "id string, outlet string, url string, title string, lang string, author string, text string, second long, "
    "nanosecond int, day_only boolean, notes int, mending binary, furniture binary"
)
READ = (
    "row long, order binary, key long, digest long, tokens int, shingles int, bands binary, "
    "head binary, rest binary, chars int, ids_are_text boolean, reject string, " + ARTICLE
)
BANDS = "band long, doc long"
SAMPLES = "key int, doc long, shingles int, in_head boolean"
LISTS = "part long, whole long, key int, articles long, order long"
SHORT = "part long, key int"
PAIRS = "a long, b long"
COMPARED = "a long, b long, of_a int, of_b int, shared int, evidence string"

TERMS = "term long, doc long"
SHARED = "doc long, term long"
STORED = "doc long, stored binary"
ALIKE = "a long, b long, similarity float, links boolean"
LINES = "story long, line long"

SEEDS = "seed long, doc long, position int"
LINKS = "a long, b long, at_a int, at_b int"
LINKED = "a long, b long, links binary"
COPIED = "a long, b long, copied binary"
AGENCIES = "agency string"
TIES = "key long, doc long, strong boolean"


def tables(*names: str, beside: bool = False) -> str:
    """The columns of these tables, side by side; with ``beside`` what a row tells in bytes, too."""
    columns = ["table string", "first long", "second long"] + ["beside binary"] * beside
    of = dict(_native.table_columns())
    for table in names:
        columns += [f"{table}_{name} {kind}" for name, kind in of[table]]
    return ", ".join(columns)
